import { useMemo, useState } from 'react';
import type { OperationsMap } from '@/api';
import { useT } from '@/i18n/react';
import type { Change } from '../changes';
import { layOut, type Region } from './layout';
import { Legend } from './Legend';
import classes from './map.module.css';
import { PartBox } from './PartBox';
import { RoadPlate } from './RoadPlate';
import { Roads } from './Roads';

interface PlatformMapProps {
  map: OperationsMap;
  width: number;
  changes: readonly Change[];
  open: string | undefined;
  onOpen: (part: string) => void;
}

/**
 * The drawing. Regions and roads are one SVG without words; boxes and the plates on the roads are buttons above it, so
 * that everything can be reached and read without seeing the picture.
 */
export function PlatformMap({ map, width, changes, open, onOpen }: PlatformMapProps) {
  const t = useT();
  // What the pointer or the focus is on: a part, or one road.
  const [hot, setHot] = useState<string | null>(null);
  const layout = useMemo(() => layOut(map.parts, map.calls, width), [map, width]);
  return (
    <div className={classes.map} style={{ height: layout.height }}>
      <Roads map={map} layout={layout} hot={hot} />
      {layout.regions.map((region) => (
        <RegionParts
          key={region.network}
          region={region}
          map={map}
          boxes={layout.boxes}
          changes={changes}
          open={open}
          onOpen={onOpen}
          onHot={setHot}
        />
      ))}
      <ul aria-label={t('operations.calls')}>
        {layout.roads.map((road) => (
          <li key={`${road.call.source} ${road.call.target}`}>
            <RoadPlate road={road} map={map} onHot={setHot} />
          </li>
        ))}
      </ul>
      <Legend rect={layout.legend} />
    </div>
  );
}

interface RegionPartsProps extends Omit<PlatformMapProps, 'width'> {
  region: Region;
  boxes: ReturnType<typeof layOut>['boxes'];
  onHot: (name: string | null) => void;
}

function RegionParts({ region, map, boxes, changes, open, onOpen, onHot }: RegionPartsProps) {
  const t = useT();
  const name = t(`operations.network.${region.network}`);
  return (
    <section aria-label={name}>
      <h3
        className={classes.network}
        data-network={region.network}
        style={{ left: region.x + 12, top: region.y + 9, maxWidth: region.w - 20 }}
      >
        {name}
      </h3>
      {map.parts
        .filter((part) => part.network === region.network)
        .map((part) => (
          <PartBox
            key={part.name}
            part={part}
            rect={boxes.get(part.name)}
            change={changes.find((change) => change.part === part.name)}
            alerts={map.alerts.filter((a) => a.part === part.name && a.state === 'firing').length}
            open={open === part.name}
            onOpen={onOpen}
            onHot={onHot}
          />
        ))}
    </section>
  );
}

import { useElementSize } from '@mantine/hooks';
import type { OperationsMap } from '@/api';
import { useT } from '@/i18n/react';
import { Panel } from '@/ui/layout/Page';
import type { LiveMap } from '../use-map';
import { clock } from '../units';
import { NARROWEST } from './layout';
import classes from './map.module.css';
import { PartList } from './PartList';
import { PlatformMap } from './PlatformMap';

/** Until the page has measured itself. */
const ASSUMED = 1100;

interface MapPanelProps {
  map: OperationsMap;
  live: LiveMap;
  narrow: boolean;
  open: string | undefined;
  onOpen: (part: string) => void;
}

/** The architecture with its figures: a drawing where there is room, a list by network on a phone. */
export function MapPanel({ map, live, narrow, open, onOpen }: MapPanelProps) {
  const t = useT();
  const { ref, width } = useElementSize();
  const list = narrow || (width > 0 && width < NARROWEST);
  return (
    <Panel
      title={t('operations.map')}
      aside={
        live.fresh ? (
          <span className={classes.version}>
            {t('operations.version', { version: map.version })}
          </span>
        ) : (
          <span className={classes.old}>
            {t('operations.old', { time: clock(live.updatedAt, live.now) })}
          </span>
        )
      }
    >
      <div ref={ref} data-stale={!live.fresh || undefined} className={classes.frame}>
        {list ? (
          <PartList map={map} changes={live.changes} onOpen={onOpen} />
        ) : (
          <PlatformMap
            map={map}
            width={width || ASSUMED}
            changes={live.changes}
            open={open}
            onOpen={onOpen}
          />
        )}
      </div>
    </Panel>
  );
}

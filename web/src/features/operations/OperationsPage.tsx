import { Button, Skeleton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useT } from '@/i18n/react';
import { Trouble } from '@/ui/feedback/Trouble';
import { Page } from '@/ui/layout/Page';
import { AlertsPanel } from './AlertsPanel';
import { Answer } from './Answer';
import { Announcer } from './Announcer';
import { ChangesPanel } from './ChangesPanel';
import { ChartsPanel } from './charts/ChartsPanel';
import { MapPanel } from './map/MapPanel';
import classes from './operations.module.css';
import { PartPanel } from './part/PartPanel';
import type { OperationsSearch } from './search';
import { SourceNotes } from './SourceNotes';
import { TracesPanel } from './traces/TracesPanel';
import { useMap } from './use-map';

const route = getRouteApi('/shell/operations');

/** How the platform is, now: the answer, the map, and everything one asks next. */
export function OperationsPage() {
  const t = useT();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [paused, setPaused] = useState(false);
  const live = useMap(paused);
  const narrow = useMediaQuery('(max-width: 48em)');
  const change = (next: OperationsSearch) =>
    void navigate({ search: (old) => ({ ...old, ...next }), replace: true });
  const open = (part: string | undefined) => {
    change({ part });
  };
  const { map } = live;
  return (
    <Page title={t('operations.title')} actions={<Pause paused={paused} onChange={setPaused} />}>
      {live.pending && <Skeleton height={720} radius="lg" />}
      {!map && live.error !== null && <Trouble error={live.error} onRetry={live.retry} />}
      {map && (
        <>
          <Answer map={map} live={live} paused={paused} onOpen={open} />
          {map.alerts.length > 0 && <AlertsPanel map={map} now={live.now} onOpen={open} />}
          <MapPanel map={map} live={live} narrow={narrow} open={search.part} onOpen={open} />
          <SourceNotes map={map} />
          <Announcer changes={live.changes} />
          <ChartsPanel
            range={search.range ?? '15m'}
            paused={paused}
            onRange={(range) => {
              change({ range });
            }}
          />
          <div className={classes.columns}>
            <TracesPanel
              kept={search.traces}
              paused={paused}
              onKept={(traces) => {
                change({ traces });
              }}
            />
            <ChangesPanel map={map} changes={live.changes} onOpen={open} />
          </div>
          <PartPanel
            map={map}
            name={search.part}
            now={live.now}
            onClose={() => {
              open(undefined);
            }}
          />
        </>
      )}
    </Page>
  );
}

interface PauseProps {
  paused: boolean;
  onChange: (paused: boolean) => void;
}

/** What moves by itself can be stopped (WCAG 2.2.2). */
function Pause({ paused, onChange }: PauseProps) {
  const t = useT();
  const Icon = paused ? IconPlayerPlay : IconPlayerPause;
  return (
    <Button
      variant="default"
      leftSection={<Icon size={18} stroke={1.7} aria-hidden />}
      onClick={() => {
        onChange(!paused);
      }}
    >
      {t(paused ? 'operations.resume' : 'operations.pause')}
    </Button>
  );
}

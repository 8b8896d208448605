import { Button } from '@mantine/core';
import type { Alert, OperationsMap } from '@/api';
import { useT } from '@/i18n/react';
import { Panel } from '@/ui/layout/Page';
import { Glyph, type GlyphName } from '@/ui/status/glyphs';
import type { Tone } from '@/ui/status/states';
import { Tag } from '@/ui/status/Tag';
import { secondsSince } from './answer';
import classes from './operations.module.css';
import { Runbook } from './Runbook';
import { duration } from './units';
import { nameIn } from './words';

interface AlertsPanelProps {
  map: OperationsMap;
  now: Date;
  onOpen: (part: string) => void;
}

/** The alerts that stand, the worst first, each with the way to its runbook and its part. */
export function AlertsPanel({ map, now, onOpen }: AlertsPanelProps) {
  const t = useT();
  return (
    <Panel title={t('operations.alerts')} flush>
      <ul className={classes.alerts}>
        {map.alerts.map((alert) => (
          <li key={`${alert.name} ${alert.part ?? ''} ${alert.since}`} className={classes.alert}>
            <AlertLine alert={alert} now={now} />
            {alert.part !== null && <ToPart map={map} part={alert.part} onOpen={onOpen} />}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function ToPart({
  map,
  part,
  onOpen,
}: {
  map: OperationsMap;
  part: string;
  onOpen: (part: string) => void;
}) {
  return (
    <Button variant="default" size="xs" onClick={() => onOpen(part)}>
      {nameIn(map, part)}
    </Button>
  );
}

const LOOKS: Record<Alert['severity'], { tone: Tone; glyph: GlyphName }> = {
  critical: { tone: 'stop', glyph: 'overdue' },
  warning: { tone: 'warn', glyph: 'expiring' },
  info: { tone: 'review', glyph: 'due' },
};

export function AlertLine({ alert, now }: { alert: Alert; now: Date }) {
  const t = useT();
  const look = LOOKS[alert.severity];
  const tone = alert.state === 'firing' ? look.tone : 'unknown';
  return (
    <div className={classes.alertText}>
      <p className={classes.alertHead}>
        <Tag tone={tone} sign={<Glyph name={look.glyph} size={14} />}>
          {t(`operations.severity.${alert.severity}`)}
        </Tag>
        <strong>{alert.summary}</strong>
        <span className={classes.alertSince}>
          {t(`operations.alertState.${alert.state}`, {
            time: duration(secondsSince(alert.since, now)),
          })}
        </span>
      </p>
      <p className={classes.alertMeta}>
        {alert.description !== '' && <span>{alert.description}</span>}
        {alert.runbook !== null && <Runbook at={alert.runbook} />}
      </p>
    </div>
  );
}

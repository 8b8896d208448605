import { Drawer } from '@mantine/core';
import { useState } from 'react';
import type { MapPart, OperationsMap } from '@/api';
import { lookUp } from '@/i18n';
import { useT } from '@/i18n/react';
import { Glyph } from '@/ui/status/glyphs';
import { Tag } from '@/ui/status/Tag';
import { AlertLine } from '../AlertsPanel';
import { secondsSince } from '../answer';
import { ICONS } from '../icons';
import { hasState, lookOf, type StatefulPart } from '../states';
import { duration } from '../units';
import { factsOf, nameOf, stateWord } from '../words';
import { PartCalls } from './PartCalls';
import { PartHistory } from './PartHistory';
import classes from './part.module.css';
import { PartLogs } from './PartLogs';
import { PartTraces } from './PartTraces';
import { Replicas } from './Replicas';

interface PartPanelProps {
  map: OperationsMap;
  /** The part that is open, if one is. */
  name: string | undefined;
  now: Date;
  onClose: () => void;
}

/** Everything about one part, beside the map. */
export function PartPanel({ map, name, now, onClose }: PartPanelProps) {
  const t = useT();
  // While it slides away it still shows what it was about.
  const [shown, setShown] = useState(name);
  if (name !== undefined && name !== shown) setShown(name);
  const part = map.parts.filter(hasState).find((entry) => entry.name === shown);
  return (
    <Drawer
      opened={name !== undefined && part !== undefined}
      onClose={onClose}
      position="right"
      size={480}
      // The map goes on beside it.
      overlayProps={{ backgroundOpacity: 0.25 }}
      title={part && <Title part={part} />}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      {part && <Content map={map} part={part} now={now} />}
    </Drawer>
  );
}

function Title({ part }: { part: MapPart }) {
  const Icon = ICONS[part.kind];
  return (
    <span className={classes.title}>
      <Icon size={22} stroke={1.7} aria-hidden />
      {nameOf(part)}
    </span>
  );
}

/** A part that this installation does without: what that means, and how to have it. */
function Absent({ part }: { part: StatefulPart }) {
  const t = useT();
  const look = lookOf(part.state);
  const how = lookUp(`operations.absent.${part.name}`);
  return (
    <div className={classes.panel}>
      <div className={classes.health}>
        <Tag tone={look.tone} sign={<Glyph name={look.glyph} size={14} />}>
          {stateWord(part)}
        </Tag>
        <p className={classes.detail}>{t('operations.absent')}</p>
        {how !== undefined && <p className={classes.detail}>{how}</p>}
      </div>
    </div>
  );
}

function Content({ map, part, now }: { map: OperationsMap; part: StatefulPart; now: Date }) {
  const t = useT();
  const { name } = part;
  if (part.state === 'absent') return <Absent part={part} />;
  return (
    <div className={classes.panel}>
      <Health part={part} state={part.state} now={now} />
      <PartAlerts map={map} name={name} now={now} />
      <section>
        <h3 className={classes.heading}>{t('operations.part.figures')}</h3>
        <dl className={classes.facts}>
          {factsOf(part).map((fact) => (
            <div key={fact.key}>
              <dt>{fact.label}</dt>
              <dd>{fact.value}</dd>
            </div>
          ))}
        </dl>
        <PartHistory name={name} />
      </section>
      <Replicas part={part} />
      <PartCalls map={map} name={name} />
      <PartTraces name={name} />
      <PartLogs name={name} />
    </div>
  );
}

interface HealthProps {
  part: MapPart;
  state: NonNullable<MapPart['state']>;
  now: Date;
}

function Health({ part, state, now }: HealthProps) {
  const t = useT();
  const look = lookOf(state);
  return (
    <div className={classes.health}>
      <Tag tone={look.tone} sign={<Glyph name={look.glyph} size={14} />}>
        {stateWord(part)}
      </Tag>
      {part.since !== null && (
        <span>{t('operations.part.since', { time: duration(secondsSince(part.since, now)) })}</span>
      )}
      <span>{t('operations.part.restarts', { count: part.restarts })}</span>
      {part.detail !== null && <p className={classes.detail}>{part.detail}</p>}
      <p className={classes.detail}>{t(`operations.kind.${part.kind}`)}</p>
    </div>
  );
}

function PartAlerts({ map, name, now }: { map: OperationsMap; name: string; now: Date }) {
  const t = useT();
  const alerts = map.alerts.filter((alert) => alert.part === name);
  if (alerts.length === 0) return null;
  return (
    <section>
      <h3 className={classes.heading}>{t('operations.alerts')}</h3>
      {alerts.map((alert) => (
        <AlertLine key={alert.name + alert.since} alert={alert} now={now} />
      ))}
    </section>
  );
}

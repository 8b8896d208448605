import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link } from '@tanstack/react-router';
import type { AuditEntry } from '@/api';
import { formatInstant } from '@/core/dates';
import { intlTag } from '@/i18n';
import { useT } from '@/i18n/react';
import { actionWords, subjectWords, viaWords } from './actions';
import classes from './audit.module.css';
import type { AuditFilters } from './filters';

interface AuditRowProps {
  entry: AuditEntry;
  onNarrow: (filters: AuditFilters) => void;
}

/** One sentence: when, who, what; the rest unfolds. */
export function AuditRow({ entry, onNarrow }: AuditRowProps) {
  const t = useT();
  const [open, { toggle }] = useDisclosure(false);
  const { actor, visitor } = entry;
  const visiting = visitor?.name ?? t('audit.unnamed');
  const name = actor
    ? (actor.name ?? t('audit.removed'))
    : visitor
      ? [visiting, visitor.organisation].filter(Boolean).join(', ')
      : t('audit.system');
  return (
    <li className={classes.entry}>
      <time dateTime={entry.at} className={classes.at}>
        {formatInstant(entry.at, intlTag())}
      </time>
      <p className={classes.sentence}>
        <b>{name}</b>
        {visitor && ` (${t('audit.visitor', { share: visitor.share })})`}{' '}
        {actionWords(entry.action)}
      </p>
      <Button variant="subtle" className={classes.toggle} aria-expanded={open} onClick={toggle}>
        {t('audit.details')}
      </Button>
      {open && (
        <div className={classes.details}>
          <dl className={classes.facts}>
            <Fact name={t('audit.entry', { seq: entry.seq })} value={viaWords(entry.via)} />
            {entry.origin !== null && <Fact name={t('audit.origin')} value={entry.origin} />}
            <dt>{subjectWords(entry.subject_type)}</dt>
            <dd>
              {entry.subject_type === 'driver' ? (
                <Link to="/drivers/$driverId" params={{ driverId: entry.subject_id }}>
                  {entry.subject_id}
                </Link>
              ) : (
                entry.subject_id
              )}
            </dd>
            {Object.entries(entry.details).map(([key, value]) => (
              <Fact
                key={key}
                name={key}
                value={typeof value === 'string' ? value : JSON.stringify(value)}
              />
            ))}
            <Fact name={t('audit.hash')} value={entry.hash} />
          </dl>
          <div className={classes.narrow}>
            {actor && (
              <Button
                variant="default"
                onClick={() => {
                  onNarrow({ actor: actor.id });
                }}
              >
                {t('audit.onlyActor', { name })}
              </Button>
            )}
            {visitor?.name && (
              <Button
                variant="default"
                onClick={() => {
                  onNarrow({ person: visitor.name ?? undefined });
                }}
              >
                {t('audit.onlyActor', { name: visitor.name })}
              </Button>
            )}
            <Button
              variant="default"
              onClick={() => {
                onNarrow({ subject: entry.subject_id });
              }}
            >
              {t('audit.onlySubject')}
            </Button>
          </div>
        </div>
      )}
    </li>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

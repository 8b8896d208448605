import type { Evidence } from '@/api';
import { useT } from '@/i18n/react';
import { EvidenceCard } from './EvidenceCard';
import classes from './evidence.module.css';

interface EvidenceListProps {
  requirement: string;
  /** Requirements' names by their keys. */
  titles: ReadonlyMap<string, string>;
  /** Newest first. */
  evidence: readonly Evidence[];
  mayReview: boolean;
  /** Called after a review or a void. */
  onChanged: () => Promise<void>;
}

export function EvidenceList({
  requirement,
  titles,
  evidence,
  mayReview,
  onChanged,
}: EvidenceListProps) {
  const t = useT();
  if (evidence.length === 0) return <p className={classes.none}>{t('evidence.none')}</p>;
  const card = (entry: Evidence) => (
    <EvidenceCard
      key={entry.id}
      title={titles.get(requirement) ?? ''}
      servedBy={entry.requirement === requirement ? undefined : titles.get(entry.requirement)}
      evidence={entry}
      mayReview={mayReview}
      onChanged={onChanged}
    />
  );
  // The newest that counts stands on top, with what waits or came back; what it replaced is a click away.
  const newest = evidence.findIndex((entry) => entry.review === 'accepted');
  const shown = newest < 0 ? evidence : evidence.slice(0, newest + 1);
  const older = evidence.slice(shown.length);
  return (
    <>
      <ul className={classes.list}>{shown.map(card)}</ul>
      {older.length > 0 && (
        <details className={classes.older}>
          <summary>{t('evidence.older', { count: older.length })}</summary>
          <ul className={classes.list}>{older.map(card)}</ul>
        </details>
      )}
    </>
  );
}

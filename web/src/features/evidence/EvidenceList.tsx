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
  return (
    <ul className={classes.list}>
      {evidence.map((entry) => (
        <EvidenceCard
          key={entry.id}
          title={titles.get(requirement) ?? ''}
          servedBy={entry.requirement === requirement ? undefined : titles.get(entry.requirement)}
          evidence={entry}
          mayReview={mayReview}
          onChanged={onChanged}
        />
      ))}
    </ul>
  );
}

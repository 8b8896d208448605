import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Evidence } from '@/api';
import { useFormats, useT } from '@/i18n/react';
import { Glyph } from '@/ui/status/glyphs';
import { DecisionDialog, type Decision } from './DecisionDialog';
import { DocumentPreview } from './DocumentPreview';
import classes from './evidence.module.css';

interface EvidenceCardProps {
  title: string;
  /** The requirement it was recorded for, when that is another one which this one accepts. */
  servedBy: string | undefined;
  evidence: Evidence;
  mayReview: boolean;
  onChanged: () => Promise<void>;
}

/** One dated fact: its dates, its document, where it comes from, and what a reviewer may do with it. */
export function EvidenceCard({
  title,
  servedBy,
  evidence,
  mayReview,
  onChanged,
}: EvidenceCardProps) {
  const t = useT();
  const { date } = useFormats();
  const [decision, setDecision] = useState<Decision | null>(null);
  return (
    <li className={classes.card} data-review={evidence.review}>
      <DocumentPreview document={evidence.document} />
      <div className={classes.facts}>
        <p className={classes.dates}>
          <b>{t('evidence.obtained', { date: date(evidence.obtained_on) })}</b>
          {evidence.expires_on !== null && (
            <span>{t('evidence.printed', { date: date(evidence.expires_on) })}</span>
          )}
        </p>
        {servedBy !== undefined && (
          <p className={classes.source}>{t('evidence.recordedFor', { title: servedBy })}</p>
        )}
        {evidence.outcome !== null && (
          <p className={classes.outcome}>{t(`evidence.outcome.${evidence.outcome}`)}</p>
        )}
        <Source evidence={evidence} />
        {evidence.note !== null && evidence.note !== '' && (
          <p className={classes.note}>{evidence.note}</p>
        )}
        <Review evidence={evidence} />
        {mayReview && evidence.voided_at === null && (
          <div className={classes.actions}>
            {evidence.review === 'pending' && (
              <>
                <Button size="xs" onClick={() => setDecision('accept')}>
                  {t('evidence.accept')}
                </Button>
                <Button size="xs" variant="default" onClick={() => setDecision('reject')}>
                  {t('evidence.reject')}
                </Button>
              </>
            )}
            <Button
              size="xs"
              variant="subtle"
              className={classes.void}
              aria-label={t('evidence.voidOf', { date: date(evidence.obtained_on) })}
              onClick={() => setDecision('void')}
            >
              {t('evidence.void')}
            </Button>
          </div>
        )}
      </div>
      {decision !== null && (
        <DecisionDialog
          decision={decision}
          title={title}
          evidence={evidence}
          onClose={() => setDecision(null)}
          onDone={onChanged}
        />
      )}
    </li>
  );
}

/** The document's name, or where a date without one comes from, and when it was recorded. */
function Source({ evidence }: { evidence: Evidence }) {
  const t = useT();
  const { date } = useFormats();
  const recorded = date(evidence.recorded_at.slice(0, 10));
  return (
    <p className={classes.source}>
      {evidence.document?.file_name ?? t(`evidence.provenance.${evidence.provenance}`)}
      {' • '}
      {t('evidence.recorded', { date: recorded })}
    </p>
  );
}

function Review({ evidence }: { evidence: Evidence }) {
  const t = useT();
  if (evidence.review === 'accepted') return null;
  return (
    <p className={classes.review} data-review={evidence.review}>
      <Glyph name={evidence.review === 'pending' ? 'pending_review' : 'missing'} size={14} />
      <span>
        {t(`evidence.review.${evidence.review}`)}
        {evidence.review_note && ` – ${t('evidence.reviewNote', { note: evidence.review_note })}`}
      </span>
    </p>
  );
}

import { Button, Kbd, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { reviewEvidence, type Waiting } from '@/api';
import { invalidateStandings } from '@/core/http/standings';
import { useKeys } from '@/core/keys';
import { Viewer } from '@/features/evidence/Viewer';
import { useFormats, useT } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';
import { Trouble } from '@/ui/feedback/Trouble';
import { useTitles } from './titles';
import classes from './review.module.css';

/** The document, what the driver says of it, and the two answers. */
export function Decide({ item, onSettled }: { item: Waiting; onSettled: () => Promise<void> }) {
  const t = useT();
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const { evidence } = item;
  const decide = useMutation({
    mutationFn: (decision: 'accepted' | 'rejected') =>
      reviewEvidence({
        path: { evidence_id: evidence.id },
        body: { decision, note: reason.trim() === '' ? null : reason.trim() },
        throwOnError: true,
      }),
    onSuccess: async (_, decision) => {
      toast(t(decision === 'accepted' ? 'review.accepted' : 'review.returned'));
      await onSettled();
      void invalidateStandings(queries);
    },
  });
  const giveBack = () => {
    if (reason.trim() === '') {
      setTried(true);
      field.current?.focus();
    } else decide.mutate('rejected');
  };
  useKeys({ a: () => decide.mutate('accepted'), r: giveBack });
  return (
    <>
      <div className={classes.document}>
        {evidence.document === null ? (
          <p className={classes.none}>{t('review.noDocument')}</p>
        ) : (
          <Viewer
            of={{ document: evidence.document.id }}
            fileName={evidence.document.file_name}
            pages={evidence.document.preview_pages}
            document={evidence.document}
          />
        )}
      </div>
      <section className={classes.form} aria-label={t('review.decision')}>
        <Facts item={item} />
        <Textarea
          ref={field}
          label={t('review.reason')}
          description={t('review.reasonHint')}
          rows={3}
          maxLength={1000}
          value={reason}
          error={tried && reason.trim() === '' && t('review.reasonMissing')}
          onChange={({ currentTarget }) => setReason(currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) giveBack();
            if (event.key === 'Escape') event.currentTarget.blur();
          }}
        />
        {decide.error !== null && <Trouble error={decide.error} />}
        <div className={classes.answers}>
          <Button
            color="amber"
            loading={decide.isPending && decide.variables === 'accepted'}
            rightSection={<Kbd size="xs">A</Kbd>}
            onClick={() => decide.mutate('accepted')}
          >
            {t('review.accept')}
          </Button>
          <Button
            variant="default"
            loading={decide.isPending && decide.variables === 'rejected'}
            rightSection={<Kbd size="xs">R</Kbd>}
            onClick={giveBack}
          >
            {t('review.return')}
          </Button>
        </div>
        <p className={classes.hint}>{t('review.keys')}</p>
      </section>
    </>
  );
}

function Facts({ item: { driver, evidence } }: { item: Waiting }) {
  const t = useT();
  const { date } = useFormats();
  const titles = useTitles();
  const lines: [string, string | null][] = [
    [t('evidence.record.obtained'), date(evidence.obtained_on, { length: 'long' })],
    [
      t('evidence.record.expires'),
      evidence.expires_on && date(evidence.expires_on, { length: 'long' }),
    ],
    [t('evidence.record.outcome'), evidence.outcome && t(`evidence.outcome.${evidence.outcome}`)],
    [t('evidence.record.note'), evidence.note],
    [t('review.sent'), date(evidence.recorded_at.slice(0, 10), { length: 'long' })],
  ];
  return (
    <>
      <h2 className={classes.title}>{titles(evidence.requirement)}</h2>
      <p>
        <Link to="/drivers/$driverId" params={{ driverId: driver.id }} className={classes.driver}>
          {`${driver.first_name} ${driver.last_name}`}
        </Link>{' '}
        ({driver.employee_id}), {driver.terminal_name}
      </p>
      <dl className={classes.facts}>
        {lines.map(([name, value]) =>
          value ? (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ) : null,
        )}
      </dl>
    </>
  );
}

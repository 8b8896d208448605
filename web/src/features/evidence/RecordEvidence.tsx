import { Button, Modal, Progress, Textarea } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import type { Driver, FileItemOut } from '@/api';
import { listRequirementsOptions } from '@/api/@tanstack/react-query.gen';
import type { PlainDate } from '@/core/dates';
import { useFormats, useT } from '@/i18n/react';
import { DateField } from '@/ui/date/DateField';
import { Trouble } from '@/ui/feedback/Trouble';
import { EvidenceFile } from './EvidenceFile';
import { emptyForm, validate, type EvidenceForm } from './form';
import { OutcomeField } from './OutcomeField';
import { RequirementSelect } from './RequirementSelect';
import { useRecord } from './use-record';
import classes from './evidence.module.css';

interface RecordEvidenceProps {
  driver: Driver;
  /** The driver's requirements, as the file lists them. */
  items: readonly FileItemOut[];
  /** The requirement it is for, when known. */
  requirement: string | null;
  /** Today at the driver's terminal: nothing can be obtained later. */
  today: PlainDate;
  /** The driver records about themself: it waits for review. */
  own: boolean;
  /** A photo taken before the dialog opened. */
  photo?: File | undefined;
  onClose: () => void;
  onRecorded: () => Promise<void>;
}

/** Records a dated fact, with or without the file that proves it. Whatever goes wrong, what was entered stays. */
export default function RecordEvidence(props: RecordEvidenceProps) {
  const { driver, items, requirement, today, own, photo, onClose, onRecorded } = props;
  const t = useT();
  const { date, distance } = useFormats();
  const phone = useMediaQuery('(max-width: 48em)');
  const [form, setForm] = useState(() => ({
    ...emptyForm(requirement ?? ''),
    file: photo ?? null,
  }));
  const [tried, setTried] = useState(false);
  const catalogue = useQuery({ ...listRequirementsOptions(), staleTime: 5 * 60_000 });
  const rule = catalogue.data?.items.find((entry) => entry.key === form.requirement);
  const errors = validate(form, rule, today);
  const shown = (field: keyof EvidenceForm) => {
    const key = tried || field === 'file' ? errors[field] : undefined;
    return key === undefined ? undefined : t(key);
  };
  const set = (change: Partial<EvidenceForm>) => setForm((now) => ({ ...now, ...change }));
  const title = items.find((item) => item.requirement === form.requirement)?.title ?? '';
  const record = useRecord({ driverId: driver.id, own, title, onRecorded, onClose });
  const said = (day: string) =>
    day === ''
      ? undefined
      : `${date(day, { length: 'long', asOf: today })}, ${distance(today, day)}`;

  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(errors).length === 0) record.send(form);
  };

  return (
    <Modal
      opened
      onClose={record.busy ? () => undefined : onClose}
      title={t('evidence.record.title')}
      size="lg"
      fullScreen={phone}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form onSubmit={submit} noValidate className={classes.form}>
        <p className={classes.lead}>
          {own
            ? t('evidence.record.own')
            : t('evidence.record.for', { name: `${driver.first_name} ${driver.last_name}` })}
        </p>
        <RequirementSelect
          items={items}
          value={form.requirement}
          hint={rule?.evidence}
          error={shown('requirement')}
          native={phone}
          onChange={(key) => set({ requirement: key, outcome: '' })}
        />
        {own && (
          <EvidenceFile
            cameraFirst
            file={form.file}
            error={shown('file')}
            onChange={(file) => set({ file })}
          />
        )}
        <div className={classes.pair}>
          <DateField
            label={t('evidence.record.obtained')}
            data-autofocus={requirement !== null || undefined}
            description={said(form.obtained_on) ?? t('evidence.record.obtainedHint')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            required
            max={today}
            value={form.obtained_on || undefined}
            error={shown('obtained_on')}
            onChange={(day) => set({ obtained_on: day ?? '' })}
          />
          <DateField
            label={t('evidence.record.expires')}
            description={said(form.expires_on) ?? t('evidence.record.expiresHint')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            value={form.expires_on || undefined}
            error={shown('expires_on')}
            onChange={(day) => set({ expires_on: day ?? '' })}
          />
        </div>
        {rule && rule.outcomes.length > 0 && (
          <OutcomeField
            outcomes={rule.outcomes}
            value={form.outcome}
            error={shown('outcome')}
            onChange={(outcome) => set({ outcome })}
          />
        )}
        {!own && (
          <EvidenceFile
            cameraFirst={false}
            file={form.file}
            error={shown('file')}
            onChange={(file) => set({ file })}
          />
        )}
        <Textarea
          label={t('evidence.record.note')}
          description={t('evidence.record.noteHint')}
          rows={2}
          value={form.note}
          error={shown('note')}
          onChange={({ currentTarget }) => set({ note: currentTarget.value })}
        />
        {record.error !== null && (
          <>
            <Trouble error={record.error} />
            <p className={classes.kept}>{t('evidence.record.kept')}</p>
          </>
        )}
        <Sending share={record.share} />
        <div className={classes.foot}>
          <Button variant="default" onClick={record.busy ? record.stop : onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" color="amber" loading={record.busy}>
            {t('evidence.record.submit')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

/** How much of the file has left this device; null: nothing is on its way. */
function Sending({ share }: { share: number | null }) {
  const t = useT();
  if (share === null) return null;
  const percent = Math.round(share * 100);
  const words =
    share < 1 ? t('evidence.record.sending', { percent }) : t('evidence.record.checking');
  return (
    <div role="status">
      <Progress value={percent} aria-label={words} animated={share === 1} />
      <p className={classes.kept}>{words}</p>
    </div>
  );
}

import { Button, Kbd, Select, Textarea } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState, type KeyboardEvent } from 'react';
import { saveBulkDraft, type Item } from '@/api';
import { listRequirementsOptions } from '@/api/@tanstack/react-query.gen';
import { today } from '@/core/dates';
import { useKeys } from '@/core/keys';
import { OutcomeField } from '@/features/evidence/OutcomeField';
import { useT } from '@/i18n/react';
import { DateField } from '@/ui/date/DateField';
import { check, draftOf, formOf, type ScanForm } from './form';
import { DriverPick } from './DriverPick';
import classes from './bulk.module.css';

interface ScanFieldsProps {
  item: Item;
  busy: boolean;
  onAccept: (form: ScanForm) => void;
  onLeaveOut: () => void;
}

const DRAFT_MS = 400;

/** Whose it is, what it is, and its dates. Everything by keyboard; what is entered is kept on the server as it is entered. */
export function ScanFields({ item, busy, onAccept, onLeaveOut }: ScanFieldsProps) {
  const t = useT();
  const [form, setForm] = useState(() => formOf(item));
  const [tried, setTried] = useState(false);
  const driver = useRef<HTMLInputElement>(null);
  const kind = useRef<HTMLInputElement>(null);
  const day = useRef<HTMLInputElement>(null);
  const keep = useDebouncedCallback(
    (next: ScanForm) => void saveBulkDraft({ path: { item_id: item.id }, body: draftOf(next) }),
    { delay: DRAFT_MS, flushOnUnmount: true },
  );
  const set = (change: Partial<ScanForm>) => {
    const next = { ...form, ...change };
    setForm(next);
    keep(next);
  };
  const catalogue = useQuery({ ...listRequirementsOptions(), staleTime: 5 * 60_000 });
  const rule = catalogue.data?.items.find(({ key }) => key === form.requirement);
  const errors = check(form, rule, today());
  const shown = (field: keyof ScanForm) => {
    const key = tried ? errors[field] : undefined;
    return key === undefined ? undefined : t(key);
  };
  const accept = () => {
    setTried(true);
    if (errors.driver) driver.current?.focus();
    else if (errors.requirement) kind.current?.focus();
    else if (errors.obtained_on) day.current?.focus();
    if (Object.keys(errors).length === 0 && !busy) onAccept(form);
  };
  useKeys({
    a: accept,
    Enter: accept,
    d: () => driver.current?.focus(),
    t: () => kind.current?.focus(),
    f: () => day.current?.focus(),
    x: onLeaveOut,
  });
  const quick = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) accept();
    if (event.key === 'Escape' && event.target instanceof HTMLElement) event.target.blur();
  };
  return (
    // Keys that every field shares; the fields themselves are what one works with.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div className={classes.fields} onKeyDown={quick}>
      <Reasons item={item} chosen={form.driver} />
      <DriverPick
        inputRef={driver}
        suggested={item.found?.drivers ?? []}
        value={form.driver}
        name={form.driverName}
        error={shown('driver')}
        onChange={(id, name) => set({ driver: id, driverName: name })}
      />
      <Select
        ref={kind}
        label={t('bulk.kind')}
        placeholder={t('evidence.record.pick')}
        nothingFoundMessage={t('evidence.record.nothing')}
        required
        searchable
        selectFirstOptionOnChange
        value={form.requirement || null}
        error={shown('requirement')}
        data={catalogue.data?.items.map(({ key, title }) => ({ value: key, label: title })) ?? []}
        onChange={(key) => key !== null && set({ requirement: key, outcome: '' })}
      />
      <DateField
        ref={day}
        label={t('evidence.record.obtained')}
        required
        max={today()}
        value={form.obtained_on || undefined}
        error={shown('obtained_on')}
        onChange={(value) => set({ obtained_on: value ?? '' })}
      />
      <DateField
        label={t('evidence.record.expires')}
        value={form.expires_on || undefined}
        error={shown('expires_on')}
        onChange={(value) => set({ expires_on: value ?? '' })}
      />
      {rule !== undefined && rule.outcomes.length > 0 && (
        <OutcomeField
          outcomes={rule.outcomes}
          value={form.outcome}
          error={shown('outcome')}
          onChange={(outcome) => set({ outcome })}
        />
      )}
      <Textarea
        label={t('evidence.record.note')}
        rows={2}
        maxLength={2000}
        value={form.note}
        onChange={({ currentTarget }) => set({ note: currentTarget.value })}
      />
      <div className={classes.answers}>
        <Button color="amber" loading={busy} rightSection={<Kbd size="xs">A</Kbd>} onClick={accept}>
          {t('bulk.accept')}
        </Button>
        <Button variant="default" rightSection={<Kbd size="xs">X</Kbd>} onClick={onLeaveOut}>
          {t('bulk.leaveOut')}
        </Button>
      </div>
      <p className={classes.meta}>{t('bulk.keys')}</p>
    </div>
  );
}

/** Why the machine thinks that it is of this driver. */
function Reasons({ item, chosen }: { item: Item; chosen: string }) {
  const t = useT();
  if (item.state === 'reading') return <p role="status">{t('bulk.reading')}</p>;
  const found = item.found?.drivers.find((driver) => driver.id === chosen);
  if (found === undefined) return null;
  return (
    <p className={classes.meta}>
      {t('bulk.because', { reasons: found.by.map((by) => t(`bulk.by.${by}`)).join(', ') })}
    </p>
  );
}

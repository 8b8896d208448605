import type { Draft, Item, ItemAccept, RequirementOut } from '@/api';
import { isPlainDate, type PlainDate } from '@/core/dates';
import { needsOutcome } from '@/features/evidence/form';
import type { MessageKey } from '@/i18n';

/** What is said of a scan so far; empty where nothing is. */
export interface ScanForm {
  driver: string;
  driverName: string;
  requirement: string;
  obtained_on: string;
  expires_on: string;
  outcome: string;
  note: string;
}

export type ScanErrors = Partial<Record<keyof ScanForm, MessageKey>>;

/** What a person entered before, else what the machine found. A driver is filled in when one leads clearly. */
export function formOf(item: Item): ScanForm {
  const { draft, found } = item;
  const first = found?.drivers[0];
  const leads =
    first !== undefined &&
    (found?.sure === true ||
      found?.drivers.length === 1 ||
      first.by.some((reason) => reason === 'licence_number' || reason === 'employee_id'));
  return {
    driver: draft.driver_id ?? (leads ? first.id : ''),
    driverName: draft.driver_name ?? (leads ? first.name : ''),
    requirement: draft.requirement ?? found?.requirement ?? '',
    obtained_on: draft.obtained_on ?? found?.obtained_on ?? '',
    expires_on: draft.expires_on ?? found?.expires_on ?? '',
    outcome: draft.outcome ?? '',
    note: draft.note ?? '',
  };
}

export function draftOf(form: ScanForm): Draft {
  return {
    driver_id: form.driver || null,
    driver_name: form.driverName || null,
    requirement: form.requirement,
    obtained_on: form.obtained_on,
    expires_on: form.expires_on,
    outcome: form.outcome,
    note: form.note,
  };
}

/** An empty answer means that it may be accepted. */
export function check(
  form: ScanForm,
  rule: Pick<RequirementOut, 'outcomes'> | undefined,
  today: PlainDate,
): ScanErrors {
  const errors: ScanErrors = {};
  if (form.driver === '') errors.driver = 'bulk.error.driver';
  if (form.requirement === '') errors.requirement = 'evidence.error.requirement';
  if (!isPlainDate(form.obtained_on)) errors.obtained_on = 'evidence.error.obtained';
  else if (form.obtained_on > today) errors.obtained_on = 'evidence.error.future';
  if (form.expires_on !== '' && form.expires_on < form.obtained_on) {
    errors.expires_on = 'evidence.error.inverted';
  }
  if (rule && form.outcome === '' && needsOutcome(rule.outcomes)) {
    errors.outcome = 'evidence.error.outcome';
  }
  return errors;
}

export function accepted(form: ScanForm): ItemAccept {
  return {
    driver_id: form.driver,
    requirement: form.requirement,
    obtained_on: form.obtained_on,
    expires_on: form.expires_on || null,
    outcome: (form.outcome || null) as ItemAccept['outcome'],
    note: form.note.trim() || null,
  };
}

/** What the machine has no doubt of, and whose kind needs no result that only a person can read. */
export function isSure(item: Item, rules: readonly RequirementOut[]): boolean {
  const rule = rules.find(({ key }) => key === item.found?.requirement);
  return (
    item.state === 'waiting' &&
    item.found?.sure === true &&
    rule !== undefined &&
    !needsOutcome(rule.outcomes) &&
    Object.values(item.draft).every((value) => value === null || value === '')
  );
}

import type { Evidence, RequirementOut } from '@/api';
import { isPlainDate, type PlainDate } from '@/core/dates';
import type { MessageKey } from '@/i18n';

export type Outcome = NonNullable<Evidence['outcome']>;

export interface EvidenceForm {
  requirement: string;
  obtained_on: string;
  expires_on: string;
  /** Empty: no result is stated. */
  outcome: string;
  note: string;
  file: File | null;
}

export type EvidenceErrors = Partial<Record<keyof EvidenceForm, MessageKey>>;

/** What a phone keeps of one form while there is no connection; larger files are sent at once, in parts. */
export const MOST_KEPT = 25 * 1024 * 1024;
export const ACCEPTED = '.pdf,.jpg,.jpeg,.png,.webp,.heic,.heif,application/pdf,image/*';
export const ACCEPTED_OR_FILM = `${ACCEPTED},.mp4,.mov,video/mp4,video/quicktime`;
const KINDS = /\.(pdf|jpe?g|png|webp|heic|heif|mp4|mov)$/i;
const TYPES = /^(application\/pdf|image\/(jpeg|png|webp|heic|heif)|video\/(mp4|quicktime))$/;

export const emptyForm = (requirement = ''): EvidenceForm => ({
  requirement,
  obtained_on: '',
  expires_on: '',
  outcome: '',
  note: '',
  file: null,
});

/** What is wrong with a file before anything is sent. How large it may be, and what is in it, the server says. */
export function fileError(file: File): MessageKey | undefined {
  if (file.size === 0) return 'evidence.error.fileEmpty';
  // Phones name photos freely: the type or the ending is enough.
  return KINDS.test(file.name) || TYPES.test(file.type) ? undefined : 'evidence.error.fileKind';
}

/** Tests and queries are nothing without their result; for a licence or a record "nothing to report" is the rule. */
export function needsOutcome(outcomes: readonly string[]): boolean {
  return ['prohibited', 'positive', 'failed'].some((outcome) => outcomes.includes(outcome));
}

/** `today` is the day at the driver's terminal. An empty answer means that the form may be sent. */
export function validate(
  form: EvidenceForm,
  requirement: Pick<RequirementOut, 'outcomes'> | undefined,
  today: PlainDate,
): EvidenceErrors {
  const errors: EvidenceErrors = {};
  if (form.requirement === '') errors.requirement = 'evidence.error.requirement';
  if (!isPlainDate(form.obtained_on)) errors.obtained_on = 'evidence.error.obtained';
  else if (form.obtained_on > today) errors.obtained_on = 'evidence.error.future';
  else if (form.obtained_on < '1900-01-01') errors.obtained_on = 'evidence.error.past';
  if (form.expires_on !== '') {
    if (!isPlainDate(form.expires_on) || form.expires_on > '2200-12-31') {
      errors.expires_on = 'evidence.error.expires';
    } else if (isPlainDate(form.obtained_on) && form.expires_on < form.obtained_on) {
      errors.expires_on = 'evidence.error.inverted';
    }
  }
  if (requirement && form.outcome === '' && needsOutcome(requirement.outcomes)) {
    errors.outcome = 'evidence.error.outcome';
  }
  if (form.note.length > 2000) errors.note = 'evidence.error.note';
  const wrong = form.file === null ? undefined : fileError(form.file);
  if (wrong) errors.file = wrong;
  return errors;
}

/** The members to send; empty ones are left out. */
export function payload(form: EvidenceForm): Record<string, string> {
  const { requirement, obtained_on, expires_on, outcome, note } = form;
  const members = { requirement, obtained_on, expires_on, outcome, note: note.trim() };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== ''));
}

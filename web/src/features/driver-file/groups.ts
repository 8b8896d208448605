import type { FileItemOut, State } from '@/api';
import { STATES } from '@/ui/status/states';

export const SUBJECTS = [
  'medical',
  'licence',
  'record',
  'testing',
  'hiring',
  'hazmat',
  'policy',
  'apart',
] as const;
export type Subject = (typeof SUBJECTS)[number];
export type GroupName = 'attention' | 'soon' | Subject;

export interface Group {
  name: GroupName;
  items: FileItemOut[];
}

export interface Grouped {
  groups: Group[];
  /** Requirements that do not apply, shown only on demand. */
  aside: FileItemOut[];
}

const ATTENTION: readonly State[] = [
  'blocked',
  'expired',
  'overdue',
  'missing',
  'unknown',
  'pending_review',
];
const SOON: readonly State[] = ['expiring', 'due'];

const SUBJECT_OF: Record<string, Subject> = {
  mec: 'medical',
  mec_12: 'medical',
  mec_cdlis: 'medical',
  nr_verify: 'medical',
  variance: 'medical',
  cdl: 'licence',
  eldt: 'licence',
  twic: 'licence',
  lcv: 'licence',
  lcv_instr: 'licence',
  passenger: 'licence',
  mvr_annual: 'record',
  review_annual: 'record',
  violations_list: 'record',
  ch_full: 'testing',
  ch_annual: 'testing',
  drug_pre: 'testing',
  random: 'testing',
  da_policy: 'testing',
  sup_rs: 'testing',
  part40_check: 'testing',
  application: 'hiring',
  sph: 'hiring',
  mvr_hire: 'hiring',
  road_test: 'hiring',
  elp: 'hiring',
  hm_train: 'hazmat',
  hm_security: 'hazmat',
  hm_driver: 'hazmat',
  hme_tsa: 'hazmat',
};

/** What a requirement is about; those a carrier added itself, and any we do not know, are the carrier's own. */
export function subjectOf(item: Pick<FileItemOut, 'requirement' | 'source'>): Subject {
  if (item.source === 'policy') return 'policy';
  return SUBJECT_OF[item.requirement] ?? 'policy';
}

function groupOf(item: FileItemOut): GroupName {
  // The file of 49 CFR 391.53 lies apart, whatever its state is.
  if (item.apart) return 'apart';
  if (ATTENTION.includes(item.state)) return 'attention';
  if (SOON.includes(item.state)) return 'soon';
  return subjectOf(item);
}

/** What forbids driving first, then the worst state, then what is due first; otherwise the catalogue's order stays. */
function byUrgency(a: FileItemOut, b: FileItemOut): number {
  const forbids = Number(b.forbids_driving) - Number(a.forbids_driving);
  const state = STATES.indexOf(a.state) - STATES.indexOf(b.state);
  const due = (a.due_on ?? '9999').localeCompare(b.due_on ?? '9999');
  return forbids || state || due;
}

/** Problems first, then what runs out soon, then the rest by subject. Groups without a row are left out. */
export function grouped(items: readonly FileItemOut[]): Grouped {
  const applying = items.filter((item) => item.state !== 'not_applicable');
  const names: GroupName[] = ['attention', 'soon', ...SUBJECTS];
  const groups = names.map((name) => {
    const members = applying.filter((item) => groupOf(item) === name);
    const urgent = name === 'attention' || name === 'soon';
    return { name, items: urgent ? members.toSorted(byUrgency) : members };
  });
  return {
    groups: groups.filter((group) => group.items.length > 0),
    aside: items.filter((item) => item.state === 'not_applicable'),
  };
}

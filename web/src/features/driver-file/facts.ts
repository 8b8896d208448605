import type { Driver, DriverChange, Profile, ProfileChange } from '@/api';

/** Facts that are yes, no, or not known. */
export const YES_NO = [
  'clp',
  'interstate',
  'hazmat_employee',
  'hazmat_security_plan',
  'passenger',
  'port_access',
  'lcv',
  'lcv_instructor',
  'supervises_cdl_drivers',
  'prior_dot_employer',
  'insulin_treated',
  'vision_alternative',
  'grandfathered_medical',
  'medical_variance',
] as const satisfies readonly (keyof Profile)[];
export type YesNoFact = (typeof YES_NO)[number];

export const FACT_GROUPS: readonly { name: 'work' | 'medical'; facts: readonly YesNoFact[] }[] = [
  {
    name: 'work',
    facts: [
      'interstate',
      'hazmat_employee',
      'hazmat_security_plan',
      'passenger',
      'port_access',
      'lcv',
      'lcv_instructor',
      'supervises_cdl_drivers',
      'prior_dot_employer',
    ],
  },
  {
    name: 'medical',
    facts: ['insulin_treated', 'vision_alternative', 'grandfathered_medical', 'medical_variance'],
  },
];

export const ENDORSEMENTS = ['H', 'N', 'P', 'S', 'T', 'X'] as const;
export type Endorsement = (typeof ENDORSEMENTS)[number];
export const CDL_CLASSES = ['A', 'B', 'C', 'none'] as const;
export type CdlClass = (typeof CDL_CLASSES)[number];

export interface Facts {
  employee_id: string;
  first_name: string;
  last_name: string;
  terminal_id: string;
  date_of_birth: string;
  email: string;
  phone: string;
  cdl_class: CdlClass | null;
  cdl_number: string;
  cdl_state: string;
  first_cdl_issued_on: string;
  /** Empty = none; null = not known. */
  endorsements: Endorsement[] | null;
  yesNo: Record<YesNoFact, boolean | null>;
}

/** The form's start: empty text stands for "not known". */
export function factsOf(driver: Driver): Facts {
  const { profile } = driver;
  const yesNo = Object.fromEntries(YES_NO.map((fact) => [fact, profile[fact] ?? null]));
  return {
    employee_id: driver.employee_id,
    first_name: driver.first_name,
    last_name: driver.last_name,
    terminal_id: driver.terminal.id,
    date_of_birth: driver.date_of_birth ?? '',
    email: driver.email ?? '',
    phone: driver.phone ?? '',
    cdl_class: profile.cdl_class ?? null,
    cdl_number: profile.cdl_number ?? '',
    cdl_state: profile.cdl_state ?? '',
    first_cdl_issued_on: profile.first_cdl_issued_on ?? '',
    endorsements: profile.endorsements ?? null,
    yesNo: yesNo as Record<YesNoFact, boolean | null>,
  };
}

const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function changedProfile(before: Facts, after: Facts): ProfileChange {
  const wanted: ProfileChange = {
    cdl_class: after.cdl_class,
    cdl_number: orNull(after.cdl_number),
    cdl_state: orNull(after.cdl_state)?.toUpperCase() ?? null,
    first_cdl_issued_on: orNull(after.first_cdl_issued_on),
    endorsements: after.endorsements,
    ...after.yesNo,
  };
  const present: ProfileChange = {
    cdl_class: before.cdl_class,
    cdl_number: orNull(before.cdl_number),
    cdl_state: orNull(before.cdl_state),
    first_cdl_issued_on: orNull(before.first_cdl_issued_on),
    endorsements: before.endorsements,
    ...before.yesNo,
  };
  return Object.fromEntries(
    Object.entries(wanted).filter(([name, value]) => !same(value, present[name as keyof Profile])),
  );
}

/** What differs, and the version it was read at; null when nothing does. */
export function changeOf(driver: Driver, after: Facts): DriverChange | null {
  const before = factsOf(driver);
  const profile = changedProfile(before, after);
  const change: DriverChange = { version: driver.version };
  for (const name of ['employee_id', 'first_name', 'last_name', 'terminal_id'] as const) {
    if (after[name].trim() !== before[name]) change[name] = after[name].trim();
  }
  for (const name of ['date_of_birth', 'email', 'phone'] as const) {
    if (orNull(after[name]) !== orNull(before[name])) change[name] = orNull(after[name]);
  }
  if (Object.keys(profile).length > 0) change.profile = profile;
  return Object.keys(change).length > 1 ? change : null;
}

/** Facts nobody has answered, in the order of the form. */
export function unknownFacts(profile: Profile): (YesNoFact | 'cdl_class' | 'endorsements')[] {
  const answered = (value: unknown) => value !== null && value !== undefined;
  const licence = (['cdl_class', 'endorsements'] as const).filter(
    (fact) => !answered(profile[fact]),
  );
  return [...licence, ...YES_NO.filter((fact) => !answered(profile[fact]))];
}

import type { Driver, DriverFileOut, Evidence, FileItemOut, State } from '@/api';

/** A requirement of a driver's file, resting on its first record; `more` overrides. */
export const fileItem = (
  requirement: string,
  state: State,
  more: Partial<FileItemOut> = {},
): FileItemOut => ({
  requirement,
  title: `Title of ${requirement}`,
  source: 'federal',
  state,
  forbids_driving: false,
  due_on: null,
  valid_until: null,
  evidence_id: more.evidence?.[0]?.id ?? null,
  citations: [],
  explanation: { summary: `Summary of ${requirement}`, steps: [] },
  conflicts: [],
  notes: [],
  evidence: [],
  ...more,
});

export const evidence = (obtained_on: string, more: Partial<Evidence> = {}): Evidence => ({
  id: `evidence-${obtained_on}`,
  driver_id: 'd1',
  requirement: 'mec',
  obtained_on,
  expires_on: null,
  outcome: null,
  provenance: 'manual',
  review: 'accepted',
  review_note: null,
  note: null,
  details: {},
  document: null,
  recorded_by: null,
  recorded_at: `${obtained_on}T12:00:00Z`,
  voided_at: null,
  void_reason: null,
  ...more,
});

export const driver: Driver = {
  id: 'd1',
  employee_id: 'E1',
  first_name: 'Ana',
  last_name: 'Reyes',
  date_of_birth: null,
  email: null,
  phone: null,
  terminal: { id: 't1', name: 'Memphis', time_zone: 'America/Chicago' },
  employment: { id: 'e1', hired_on: '2024-01-15', terminated_on: null },
  profile: {},
  version: 7,
};

export const driverFile = (items: FileItemOut[], more: Partial<DriverFileOut> = {}) => ({
  driver,
  as_of: '2026-03-01',
  employed: true,
  may_drive: true,
  reasons: [],
  restrictions: [],
  items,
  ...more,
});

import { describe, expect, it } from 'vitest';
import type { Item, RequirementOut } from '@/api';
import { accepted, check, formOf, isSure } from './form';

const found: Item['found'] = {
  drivers: [{ id: 'd1', employee_id: 'E-1', name: 'Ana Ruiz', by: ['employee_id'] }],
  requirement: 'mvr_annual',
  obtained_on: '2026-01-15',
  expires_on: null,
  licence_number: null,
  sure: true,
};
const scan = (more: Partial<Item> = {}): Item => ({
  id: 'i1',
  number: 1,
  file_name: 'E-1 mvr.pdf',
  media_type: 'application/pdf',
  size: 1000,
  state: 'waiting',
  refusal: null,
  preview_pages: 1,
  found,
  draft: {},
  driver_id: null,
  evidence_id: null,
  ...more,
});
const rules = [
  { key: 'mvr_annual', outcomes: [] as string[] },
  { key: 'drug_pre', outcomes: ['negative', 'positive'] },
] as unknown as RequirementOut[];

describe('what is said of a scan', () => {
  it('is what the machine found, until a person says otherwise', () => {
    expect(formOf(scan())).toMatchObject({ driver: 'd1', requirement: 'mvr_annual' });
    const draft = { driver_id: 'd2', driver_name: 'Ben Ode', requirement: '' };
    expect(formOf(scan({ draft }))).toMatchObject({ driver: 'd2', requirement: '' });
  });

  it('names no driver while several may be meant', () => {
    const two = [
      { id: 'd1', employee_id: 'E-1', name: 'Ana Ruiz', by: ['name' as const] },
      { id: 'd2', employee_id: 'E-2', name: 'Ana Ruiz', by: ['name' as const] },
    ];
    expect(formOf(scan({ found: { ...found, drivers: two, sure: false } })).driver).toBe('');
  });

  it('is complete with a driver, a kind and a day that is not ahead', () => {
    const form = formOf(scan());
    expect(check(form, rules[0], '2026-11-28')).toEqual({});
    expect(check({ ...form, obtained_on: '2026-12-01' }, rules[0], '2026-11-28')).toEqual({
      obtained_on: 'evidence.error.future',
    });
    expect(check({ ...form, driver: '' }, rules[1], '2026-11-28')).toEqual({
      driver: 'bulk.error.driver',
      outcome: 'evidence.error.outcome',
    });
    expect(accepted(form)).toMatchObject({ driver_id: 'd1', expires_on: null, outcome: null });
  });

  it('is without doubt only where no result has to be read, and nobody has begun to enter anything', () => {
    expect(isSure(scan(), rules)).toBe(true);
    expect(isSure(scan({ found: { ...found, requirement: 'drug_pre' } }), rules)).toBe(false);
    expect(isSure(scan({ draft: { note: 'is it?' } }), rules)).toBe(false);
    expect(isSure(scan({ state: 'done' }), rules)).toBe(false);
  });
});

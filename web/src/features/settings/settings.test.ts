import { describe, expect, it } from 'vitest';
import type { User } from '@/api';
import { deviceOf } from './device';
import { policyKey, readPolicy } from './policy';
import { changesOf, lackingFields, readUser } from './user-form';

const form = (values: Record<string, string>): FormData => {
  const fields = new FormData();
  for (const [name, value] of Object.entries(values)) fields.set(name, value);
  return fields;
};

describe('a requirement of the carrier’s own', () => {
  it.each([
    ['Winter training', 'policy_winter_training'],
    ['policy_winter', 'policy_winter'],
    ['Curso de Manejo (año 2)', 'policy_curso_de_manejo_ano_2'],
    ['!!!', ''],
  ])('is called after %s', (title, key) => {
    expect(policyKey(title)).toBe(key);
  });

  it('has days only with the deadline after hire', () => {
    const base = { title: 'X', deadline_days: '30', renewal_months: '' };
    expect(readPolicy(form({ ...base, deadline: 'days_after_hire' }))).toMatchObject({
      deadline_days: 30,
      renewal_months: null,
    });
    expect(readPolicy(form({ ...base, deadline: 'before_driving' })).deadline_days).toBeNull();
  });
});

describe('a person with access', () => {
  const user: User = {
    id: 'u',
    email: 'a@b.example',
    name: 'Ann',
    role: 'supervisor',
    locale: 'en',
    terminal_id: 't1',
    more_terminals: [],
    driver_id: null,
    expires_on: null,
    disabled: false,
    password_is_one_time: false,
    last_signed_in_at: null,
    created_at: '2026-01-01T00:00:00Z',
  };
  const typed = { name: 'Ann', email: 'a@b.example', terminal_id: 't1', locale: 'en' };

  it('needs what the role is tied to', () => {
    expect(lackingFields(readUser(form({ ...typed, terminal_id: '' }), 'supervisor'))).toEqual([
      'terminal_id',
    ]);
    expect(lackingFields(readUser(form(typed), 'auditor'))).toEqual(['expires_on']);
    expect(lackingFields(readUser(form(typed), 'admin'))).toEqual([]);
  });

  it('changes only what changed', () => {
    expect(changesOf(user, readUser(form(typed), 'supervisor'), false)).toEqual({});
    expect(changesOf(user, readUser(form(typed), 'supervisor'), true)).toEqual({ disabled: true });
  });

  it('looks after further terminals, in whatever order, and its own only once', () => {
    const read = (more: string) => readUser(form({ ...typed, more_terminals: more }), 'supervisor');
    expect(read('t3,t1,t2').more_terminals).toEqual(['t3', 't2']);
    const before = { ...user, more_terminals: ['t2', 't3'] };
    expect(changesOf(before, read('t3,t2'), false)).toEqual({});
    expect(changesOf(before, read('t3'), false)).toEqual({ more_terminals: ['t3'] });
  });

  it('leaves the place behind with the role', () => {
    expect(changesOf(user, readUser(form(typed), 'safety_manager'), false)).toEqual({
      role: 'safety_manager',
      terminal_id: null,
    });
  });
});

it.each([
  [
    'Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/142.0 Safari/537.36 Edg/142.0',
    'Edge, Windows',
    false,
  ],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 19) Version/19 Mobile Safari/604.1', 'Safari, iPhone', true],
  ['Mozilla/5.0 (Linux; Android 16) Chrome/142.0 Mobile Safari/537.36', 'Chrome, Android', true],
  [null, null, false],
])('names the device of a session', (agent, name, phone) => {
  expect(deviceOf(agent)).toEqual({ name, phone });
});

import type { Role, User, UserCreate, UserUpdate } from '@/api';
import { isPlainDate } from '@/core/dates';
import { textOf } from '@/core/form';

export const ROLES: readonly Role[] = [
  'safety_manager',
  'supervisor',
  'coach',
  'driver',
  'auditor',
  'admin',
];

/** Which field a role can't do without. */
export const PLACE: Partial<Record<Role, 'terminal_id' | 'driver_id' | 'expires_on'>> = {
  supervisor: 'terminal_id',
  coach: 'terminal_id',
  driver: 'driver_id',
  auditor: 'expires_on',
};

/** The person as the form has it; what the role does not use is cleared. */
export function readUser(fields: FormData, role: Role): UserCreate {
  const place = PLACE[role];
  const value = (name: string) => (textOf(fields, name) === '' ? null : textOf(fields, name));
  const expires = value('expires_on');
  const own = place === 'terminal_id' ? value('terminal_id') : null;
  const more = textOf(fields, 'more_terminals').split(',');
  return {
    email: textOf(fields, 'email'),
    name: textOf(fields, 'name'),
    role,
    locale: textOf(fields, 'locale') === 'es' ? 'es' : 'en',
    terminal_id: own,
    more_terminals: place === 'terminal_id' ? more.filter((id) => id !== '' && id !== own) : [],
    driver_id: place === 'driver_id' ? value('driver_id') : null,
    expires_on: expires !== null && isPlainDate(expires) ? expires : null,
  };
}

/** Required fields that are empty. */
export function lackingFields(person: UserCreate): string[] {
  const place = PLACE[person.role];
  return [
    person.name === '' && 'name',
    person.email === '' && 'email',
    place !== undefined && (person[place] ?? null) === null && place,
  ].filter((name) => name !== false);
}

/** Only what changed: some changes end the person's sessions, so none is sent without need. */
export function changesOf(user: User, person: UserCreate, disabled: boolean): UserUpdate {
  // The address is whom it is about, not a change.
  const all: UserUpdate & { email?: undefined } = { ...person, email: undefined, disabled };
  return Object.fromEntries(
    Object.entries(all).filter(
      ([key, value]) => value !== undefined && !same(user[key as keyof User], value),
    ),
  );
}

/** Further terminals have no order of their own. */
function same(before: User[keyof User], after: unknown): boolean {
  if (!Array.isArray(before) || !Array.isArray(after)) return before === after;
  return before.length === after.length && before.every((id) => after.includes(id));
}

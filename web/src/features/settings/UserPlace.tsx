import { MultiSelect, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Role, User } from '@/api';
import { listTerminalsOptions } from '@/api/@tanstack/react-query.gen';
import { useT } from '@/i18n/react';
import { DriverSelect } from './DriverSelect';
import { PLACE } from './user-form';

interface PlaceProps {
  user: User | null;
  role: Role;
  error: (name: string) => string | undefined;
}

/** What a role is tied to: terminals, a driver, a last day. */
export function UserPlace({ user, role, error }: PlaceProps) {
  const t = useT();
  switch (PLACE[role]) {
    case 'terminal_id':
      return <AtTerminals user={user} error={error} />;
    case 'driver_id':
      return (
        <DriverSelect
          name="driver_id"
          required
          label={t('settings.users.driver')}
          defaultValue={user?.driver_id}
          error={error('driver_id')}
        />
      );
    default:
      return (
        <TextInput
          name="expires_on"
          type="date"
          required={role === 'auditor'}
          label={t('settings.users.expires')}
          description={t('settings.users.expiresHint')}
          defaultValue={user?.expires_on ?? ''}
          error={error('expires_on')}
        />
      );
  }
}

/** The terminal that a supervisor or coach is of, and others that they look after too. */
function AtTerminals({ user, error }: Omit<PlaceProps, 'role'>) {
  const t = useT();
  const [own, setOwn] = useState(user?.terminal_id ?? null);
  const [more, setMore] = useState(user?.more_terminals ?? []);
  const terminals = useQuery(listTerminalsOptions({ query: { limit: 200 } }));
  const data = terminals.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? [];
  return (
    <>
      <Select
        name="terminal_id"
        required
        label={t('settings.users.terminal')}
        value={own}
        onChange={setOwn}
        data={data}
        error={error('terminal_id')}
      />
      <MultiSelect
        name="more_terminals"
        label={t('settings.users.moreTerminals')}
        description={t('settings.users.moreTerminalsHint')}
        value={more.filter((id) => id !== own)}
        onChange={setMore}
        data={data.filter(({ value }) => value !== own)}
        searchable
        error={error('more_terminals')}
      />
    </>
  );
}

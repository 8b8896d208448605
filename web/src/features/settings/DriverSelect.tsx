import { Select, type SelectProps } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { listDriversOptions, readDriverOptions } from '@/api/@tanstack/react-query.gen';
import { useT } from '@/i18n/react';

/** Finds a driver by name or employee id; the server searches, the list stays short. */
export function DriverSelect(props: Omit<SelectProps, 'data'>) {
  const t = useT();
  const [search, setSearch] = useState('');
  const [settled] = useDebouncedValue(search, 200);
  const chosen = useQuery({
    ...readDriverOptions({ path: { driver_id: props.defaultValue ?? '' } }),
    enabled: Boolean(props.defaultValue),
  });
  const found = useQuery({
    ...listDriversOptions({ query: { q: settled.trim() || undefined, limit: 20 } }),
    placeholderData: keepPreviousData,
  });
  const drivers = [...(chosen.data ? [chosen.data] : []), ...(found.data?.items ?? [])];
  const options = new Map(
    drivers.map((driver) => [
      driver.id,
      `${driver.first_name} ${driver.last_name} (${driver.employee_id})`,
    ]),
  );
  return (
    <Select
      {...props}
      searchable
      description={t('settings.users.driverHint')}
      searchValue={search}
      onSearchChange={setSearch}
      // The server has filtered already.
      filter={({ options: all }) => all}
      data={[...options].map(([value, label]) => ({ value, label }))}
    />
  );
}

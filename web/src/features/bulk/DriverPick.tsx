import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState, type Ref } from 'react';
import type { FoundDriver } from '@/api';
import { listDriversOptions } from '@/api/@tanstack/react-query.gen';
import { useT } from '@/i18n/react';

interface DriverPickProps {
  inputRef: Ref<HTMLInputElement>;
  /** Who it may be, the likeliest first. */
  suggested: readonly FoundDriver[];
  value: string;
  name: string;
  error: string | undefined;
  onChange: (id: string, name: string) => void;
}

/** Finds a driver by name or employee number; whom the machine suggests comes first. */
export function DriverPick({ inputRef, suggested, value, name, error, onChange }: DriverPickProps) {
  const t = useT();
  const [search, setSearch] = useState('');
  const [settled] = useDebouncedValue(search.trim(), 150);
  const label = (text: string) => text;
  const found = useQuery({
    ...listDriversOptions({ query: { q: settled || undefined, limit: 8, employment: 'all' } }),
    placeholderData: keepPreviousData,
    enabled: settled !== '' && settled !== name,
  });
  const options = new Map<string, string>();
  for (const driver of suggested) options.set(driver.id, `${driver.name} (${driver.employee_id})`);
  for (const driver of found.data?.items ?? []) {
    options.set(driver.id, `${driver.first_name} ${driver.last_name} (${driver.employee_id})`);
  }
  if (value !== '' && !options.has(value)) options.set(value, label(name));
  return (
    <Select
      ref={inputRef}
      label={t('bulk.driver')}
      placeholder={t('bulk.driverHint')}
      nothingFoundMessage={t('bulk.driverNone')}
      required
      searchable
      selectFirstOptionOnChange
      value={value || null}
      error={error}
      searchValue={search}
      onSearchChange={setSearch}
      // The server has filtered already.
      filter={({ options: all }) => all}
      data={[...options].map(([id, text]) => ({ value: id, label: text }))}
      onChange={(id, option) => id !== null && onChange(id, option?.label ?? name)}
    />
  );
}

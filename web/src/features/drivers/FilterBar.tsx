import { Button, Collapse, SegmentedControl, Select, Switch, TextInput } from '@mantine/core';
import { useDebouncedCallback, useDisclosure, useMediaQuery } from '@mantine/hooks';
import { IconAdjustmentsHorizontal, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { listRequirementsOptions, listTerminalsOptions } from '@/api/@tanstack/react-query.gen';
import { oneOf } from '@/core/url';
import { useT } from '@/i18n/react';
import { STATES } from '@/ui/status/states';
import classes from './drivers.module.css';
import { activeFilters, SORTS, type DriverFilters } from './filters';

interface FilterBarProps {
  filters: DriverFilters;
  onChange: (next: Partial<DriverFilters>) => void;
}

/** Everything that narrows or orders the list; all of it lives in the address. */
export function FilterBar({ filters, onChange }: FilterBarProps) {
  const t = useT();
  const narrow = useMediaQuery('(max-width: 48em)');
  const [open, { toggle }] = useDisclosure(false);
  const more = activeFilters({ ...filters, q: undefined });
  return (
    <search className={classes.filters}>
      <SearchField value={filters.q} onChange={onChange} />
      {narrow && (
        <Button
          variant="default"
          aria-expanded={open}
          leftSection={<IconAdjustmentsHorizontal size={18} stroke={1.7} aria-hidden />}
          onClick={toggle}
        >
          {t('drivers.filtersActive', { count: more })}
        </Button>
      )}
      {narrow ? (
        <Collapse expanded={open} className={classes.folded}>
          <div className={classes.choices}>
            <Choices filters={filters} onChange={onChange} />
          </div>
        </Collapse>
      ) : (
        <div className={classes.choices}>
          <Choices filters={filters} onChange={onChange} />
        </div>
      )}
    </search>
  );
}

/** Asks the server once typing pauses; follows the address when it changes from elsewhere. */
function SearchField({
  value,
  onChange,
}: {
  value: string | undefined;
  onChange: FilterBarProps['onChange'];
}) {
  const t = useT();
  const field = useRef<HTMLInputElement>(null);
  const search = useDebouncedCallback((text: string) => {
    onChange({ q: text.trim() === '' ? undefined : text });
  }, 250);
  useEffect(() => {
    const input = field.current;
    if (input && input !== document.activeElement) input.value = value ?? '';
  }, [value]);
  return (
    <TextInput
      ref={field}
      type="search"
      className={classes.search}
      label={t('drivers.search')}
      placeholder={t('drivers.searchHint')}
      defaultValue={value}
      leftSection={<IconSearch size={18} stroke={1.7} aria-hidden />}
      onChange={(event) => {
        search(event.currentTarget.value);
      }}
    />
  );
}

const ANY = '';

function Choices({ filters, onChange }: FilterBarProps) {
  const t = useT();
  const terminals = useQuery(listTerminalsOptions({ query: { limit: 200 } }));
  const requirements = useQuery(listRequirementsOptions());
  const chosen = (value: string | null) => (value === null || value === ANY ? undefined : value);
  return (
    <>
      <div>
        <span className={classes.label} id="may-drive">
          {t('drivers.verdict')}
        </span>
        <SegmentedControl
          aria-labelledby="may-drive"
          size="sm"
          value={filters.may_drive ?? ANY}
          onChange={(value) => {
            onChange({ may_drive: oneOf(['yes', 'no'] as const, value) });
          }}
          data={[
            { value: ANY, label: t('drivers.anyVerdict') },
            { value: 'no', label: t('verdict.no') },
            { value: 'yes', label: t('verdict.yes') },
          ]}
        />
      </div>
      <Select
        label={t('drivers.terminal')}
        value={filters.terminal ?? ANY}
        onChange={(value) => {
          onChange({ terminal: chosen(value) });
        }}
        data={[
          { value: ANY, label: t('drivers.allTerminals') },
          ...(terminals.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []),
        ]}
      />
      <Select
        label={t('drivers.state')}
        value={filters.state ?? ANY}
        onChange={(value) => {
          onChange({ state: oneOf(STATES, value) });
        }}
        data={[
          { value: ANY, label: t('drivers.anyState') },
          ...STATES.map((state) => ({ value: state, label: t(`state.${state}`) })),
        ]}
      />
      <Select
        searchable
        label={t('drivers.requirement')}
        value={filters.requirement ?? ANY}
        onChange={(value) => {
          onChange({ requirement: chosen(value) });
        }}
        data={[
          { value: ANY, label: t('drivers.anyRequirement') },
          ...(requirements.data?.items.map(({ key, title }) => ({ value: key, label: title })) ??
            []),
        ]}
      />
      <Select
        label={t('drivers.sort')}
        value={filters.sort ?? 'name'}
        onChange={(value) => {
          onChange({ sort: value === 'name' ? undefined : oneOf(SORTS, value) });
        }}
        data={SORTS.map((sort) => ({ value: sort, label: t(`drivers.sort.${sort}`) }))}
      />
      <Switch
        className={classes.former}
        size="sm"
        label={t('drivers.former')}
        checked={filters.employment === 'all'}
        onChange={({ currentTarget }) => {
          onChange({ employment: currentTarget.checked ? 'all' : undefined });
        }}
      />
    </>
  );
}

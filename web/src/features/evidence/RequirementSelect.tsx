import { Select } from '@mantine/core';
import type { FileItemOut } from '@/api';
import { useT } from '@/i18n/react';
import { STATES } from '@/ui/status/states';

interface RequirementSelectProps {
  items: readonly FileItemOut[];
  value: string;
  /** What counts as evidence of it. */
  hint: string | undefined;
  error: string | undefined;
  onChange: (requirement: string) => void;
}

/** The driver's requirements, the most urgent first; those that do not apply come last. */
export function RequirementSelect({ items, value, hint, error, onChange }: RequirementSelectProps) {
  const t = useT();
  const ordered = items.toSorted((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state));
  return (
    <Select
      label={t('evidence.record.requirement')}
      placeholder={t('evidence.record.pick')}
      nothingFoundMessage={t('evidence.record.nothing')}
      description={hint && t('evidence.record.proof', { text: hint })}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      required
      searchable
      maxDropdownHeight={320}
      value={value || null}
      error={error}
      onChange={(key) => key !== null && onChange(key)}
      data={ordered.map((item) => ({
        value: item.requirement,
        label: `${item.title} – ${t(`state.${item.state}`)}`,
      }))}
    />
  );
}

import { NativeSelect, Select, type InputWrapperProps } from '@mantine/core';
import type { FileItemOut } from '@/api';
import { useT } from '@/i18n/react';
import { STATES } from '@/ui/status/states';

const ORDER: InputWrapperProps['inputWrapperOrder'] = ['label', 'input', 'description', 'error'];

interface RequirementSelectProps {
  items: readonly FileItemOut[];
  value: string;
  /** What counts as evidence of it. */
  hint: string | undefined;
  error: string | undefined;
  /** On a phone: the system's own wheel, which a thumb knows. */
  native: boolean;
  onChange: (requirement: string) => void;
}

/** The driver's requirements, the most urgent first; those that do not apply come last. */
export function RequirementSelect(props: RequirementSelectProps) {
  const { items, value, hint, error, native, onChange } = props;
  const t = useT();
  const ordered = items.toSorted((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state));
  const data = ordered.map((item) => ({
    value: item.requirement,
    label: `${item.title} – ${t(`state.${item.state}`)}`,
  }));
  const field = {
    label: t('evidence.record.requirement'),
    description: hint && t('evidence.record.proof', { text: hint }),
    inputWrapperOrder: ORDER,
    required: true,
    error,
  };
  if (native) {
    return (
      <NativeSelect
        {...field}
        value={value}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
        data={[{ value: '', label: t('evidence.record.pick'), disabled: true }, ...data]}
      />
    );
  }
  return (
    <Select
      {...field}
      placeholder={t('evidence.record.pick')}
      nothingFoundMessage={t('evidence.record.nothing')}
      searchable
      maxDropdownHeight={320}
      value={value || null}
      onChange={(key) => key !== null && onChange(key)}
      data={data}
    />
  );
}

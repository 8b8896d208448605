import { TextInput, type TextInputProps } from '@mantine/core';
import { isPlainDate, type PlainDate } from '@/core/dates';

interface DateFieldProps extends Omit<
  TextInputProps,
  'value' | 'onChange' | 'type' | 'min' | 'max'
> {
  value: PlainDate | undefined;
  onChange: (value: PlainDate | undefined) => void;
  min?: PlainDate | undefined;
  max?: PlainDate | undefined;
}

/** A plain date. The browser's own field: its calendar, its language, the phone's wheel; the value never shifts. */
export function DateField({ value, onChange, ...rest }: DateFieldProps) {
  return (
    <TextInput
      {...rest}
      type="date"
      value={value ?? ''}
      onChange={({ currentTarget }) => {
        onChange(isPlainDate(currentTarget.value) ? currentTarget.value : undefined);
      }}
    />
  );
}

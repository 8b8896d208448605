import { Button, Popover } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCalendarEvent } from '@tabler/icons-react';
import { addDays, today, type PlainDate } from '@/core/dates';
import type { MessageKey } from '@/i18n';
import { useFormats, useT } from '@/i18n/react';
import { DateField } from './DateField';
import classes from './date.module.css';

interface AsOfPickerProps {
  /** The day in the address; undefined = today. */
  value: PlainDate | undefined;
  onChange: (value: PlainDate | undefined) => void;
}

const AHEAD: readonly [number, MessageKey][] = [
  [30, 'date.in30'],
  [60, 'date.in60'],
  [90, 'date.in90'],
];

/** Chooses the day a page is about. */
export function AsOfPicker({ value, onChange }: AsOfPickerProps) {
  const t = useT();
  const { date } = useFormats();
  const [opened, popover] = useDisclosure(false);
  const now = today();
  const label = value === undefined ? t('date.today') : date(value, { asOf: now });
  const choose = (day: PlainDate | undefined) => {
    onChange(day === now ? undefined : day);
    popover.close();
  };
  return (
    <Popover opened={opened} onChange={popover.toggle} position="bottom-end" trapFocus returnFocus>
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<IconCalendarEvent size={18} stroke={1.7} aria-hidden />}
          aria-label={t('date.asOfChange', { date: label })}
          onClick={popover.toggle}
        >
          {label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('date.pick')}>
        <div className={classes.presets}>
          <Button variant="default" onClick={() => choose(undefined)}>
            {t('date.today')}
          </Button>
          {AHEAD.map(([days, key]) => (
            <Button key={key} variant="default" onClick={() => choose(addDays(now, days))}>
              {t(key)}
            </Button>
          ))}
        </div>
        <DateField
          label={t('date.pick')}
          mt="sm"
          value={value ?? now}
          onChange={(day) => day !== undefined && onChange(day === now ? undefined : day)}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

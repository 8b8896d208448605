import { Button } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import type { PlainDate } from '@/core/dates';
import { useFormats, useT } from '@/i18n/react';
import classes from './date.module.css';

interface ReplayNoteProps {
  /** The day in the address; nothing is shown for today. */
  value: PlainDate | undefined;
  onToday: () => void;
}

/** Says that the page is about another day: nobody may take it for today's. */
export function ReplayNote({ value, onToday }: ReplayNoteProps) {
  const t = useT();
  const { date } = useFormats();
  if (value === undefined) return null;
  return (
    <div className={classes.replay} role="status">
      <IconHistory size={18} stroke={1.7} aria-hidden />
      <span>{t('date.replay', { date: date(value, { length: 'long' }) })}</span>
      <Button variant="default" size="xs" onClick={onToday}>
        {t('date.backToToday')}
      </Button>
    </div>
  );
}

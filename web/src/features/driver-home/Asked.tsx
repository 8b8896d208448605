import { Button } from '@mantine/core';
import { IconCamera } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { DriverFileOut } from '@/api';
import { listMyDocumentRequestsOptions } from '@/api/@tanstack/react-query.gen';
import { useFormats, useT } from '@/i18n/react';
import { Panel } from '@/ui/layout/Page';
import { asked, type Ask } from './asked';
import classes from './driver-home.module.css';

interface AskedProps {
  file: DriverFileOut;
  onSend: (requirement: string) => void;
}

/** What somebody waits for from this driver: documents they were asked for, and those that came back with a reason. */
export function Asked({ file, onSend }: AskedProps) {
  const t = useT();
  const requests = useQuery(listMyDocumentRequestsOptions());
  const open = asked(file, requests.data?.items ?? []);
  if (open.length === 0) return null;
  return (
    <Panel flush title={t('asked.title')}>
      <ul>
        {open.map((ask) => (
          <Item key={ask.key} ask={ask} asOf={file.as_of} onSend={onSend} />
        ))}
      </ul>
    </Panel>
  );
}

interface ItemProps {
  ask: Ask;
  asOf: string;
  onSend: (requirement: string) => void;
}

function Item({ ask, asOf, onSend }: ItemProps) {
  const t = useT();
  const { date } = useFormats();
  const due = ask.dueOn === null ? null : date(ask.dueOn, { asOf });
  return (
    <li className={classes.ask}>
      <p className={classes.itemTitle}>{ask.title}</p>
      <p className={classes.itemMeta}>
        {ask.returned
          ? t('asked.returned')
          : due === null
            ? t('asked.wanted', { who: ask.who })
            : t('asked.wantedBy', { who: ask.who, date: due })}
      </p>
      {ask.note !== '' && <blockquote className={classes.note}>{ask.note}</blockquote>}
      <Button
        color="amber"
        leftSection={<IconCamera size={20} stroke={1.7} aria-hidden />}
        onClick={() => onSend(ask.requirement)}
      >
        {ask.returned ? t('asked.again') : t('asked.send')}
      </Button>
    </li>
  );
}

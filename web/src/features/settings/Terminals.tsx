import { Button, Skeleton } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Terminal } from '@/api';
import { listTerminalsOptions } from '@/api/@tanstack/react-query.gen';
import { useT } from '@/i18n/react';
import { Blank } from '@/ui/feedback/Blank';
import { Trouble } from '@/ui/feedback/Trouble';
import { Panel } from '@/ui/layout/Page';
import classes from './settings.module.css';
import { TerminalDialog } from './TerminalDialog';

export default function Terminals() {
  const t = useT();
  const [editing, setEditing] = useState<Terminal | 'new' | null>(null);
  const terminals = useQuery(listTerminalsOptions({ query: { limit: 200 } }));
  return (
    <Panel
      title={t('settings.terminals.title')}
      aside={
        <Button
          color="amber"
          leftSection={<IconPlus size={18} stroke={1.7} aria-hidden />}
          onClick={() => {
            setEditing('new');
          }}
        >
          {t('settings.terminals.add')}
        </Button>
      }
    >
      <p className={classes.soft}>{t('settings.terminals.lead')}</p>
      {terminals.isPending && <Skeleton height={180} mt="sm" />}
      {terminals.isError && (
        <Trouble error={terminals.error} onRetry={() => void terminals.refetch()} />
      )}
      {terminals.data?.items.length === 0 && (
        <Blank title={t('settings.terminals.none')} text={t('settings.terminals.noneText')} />
      )}
      <ul className={classes.list}>
        {terminals.data?.items.map((terminal) => (
          <li key={terminal.id} className={classes.item}>
            <div className={classes.grow}>
              <p className={classes.strong}>{terminal.name}</p>
              <p className={classes.soft}>
                {[terminal.code, terminal.city, terminal.state, terminal.time_zone]
                  .filter(Boolean)
                  .join(' – ')}
              </p>
            </div>
            <Button
              variant="default"
              aria-label={t('settings.terminals.editLabel', { name: terminal.name })}
              onClick={() => {
                setEditing(terminal);
              }}
            >
              {t('action.edit')}
            </Button>
          </li>
        ))}
      </ul>
      {editing !== null && (
        <TerminalDialog
          terminal={editing === 'new' ? null : editing}
          onClose={() => {
            setEditing(null);
          }}
        />
      )}
    </Panel>
  );
}

import { Button, SegmentedControl, Skeleton } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Connection } from '@/api';
import { listConnectionsOptions } from '@/api/@tanstack/react-query.gen';
import { useMe } from '@/core/auth/me';
import { formatInstant } from '@/core/dates';
import { intlTag } from '@/i18n';
import { useT } from '@/i18n/react';
import { Blank } from '@/ui/feedback/Blank';
import { Trouble } from '@/ui/feedback/Trouble';
import { Panel } from '@/ui/layout/Page';
import classes from './assistants.module.css';
import { visible } from './definition';
import { RevokeDialog } from './RevokeDialog';
import { decides } from './tabs';
import { scopesWords } from './words';

export function Connections() {
  const t = useT();
  const mayAll = decides(useMe());
  const [all, setAll] = useState(false);
  const [ending, setEnding] = useState<Connection | null>(null);
  const connections = useQuery(listConnectionsOptions({ query: all ? { all } : {} }));
  const items = connections.data?.items ?? [];
  return (
    <Panel
      title={t('assistants.connected.title')}
      aside={mayAll && <Whose all={all} onChange={setAll} />}
    >
      {connections.isPending && <Skeleton height={128} />}
      {connections.isError && (
        <Trouble error={connections.error} onRetry={() => void connections.refetch()} />
      )}
      {connections.data && items.length === 0 && (
        <Blank
          title={t('assistants.connected.none')}
          text={t(all ? 'assistants.connected.noneAllText' : 'assistants.connected.noneText')}
        />
      )}
      <ul>
        {items.map((connection) => (
          <Row
            key={connection.id}
            connection={connection}
            named={all}
            onEnd={() => {
              setEnding(connection);
            }}
          />
        ))}
      </ul>
      {ending && (
        <RevokeDialog
          connection={ending}
          onClose={() => {
            setEnding(null);
          }}
        />
      )}
    </Panel>
  );
}

function Whose({ all, onChange }: { all: boolean; onChange: (all: boolean) => void }) {
  const t = useT();
  return (
    <SegmentedControl
      aria-label={t('assistants.connected.whose')}
      value={all ? 'all' : 'mine'}
      onChange={(value) => {
        onChange(value === 'all');
      }}
      data={[
        { value: 'mine', label: t('assistants.connected.mine') },
        { value: 'all', label: t('assistants.connected.everybody') },
      ]}
    />
  );
}

interface RowProps {
  connection: Connection;
  named: boolean;
  onEnd: () => void;
}

function Row({ connection, named, onEnd }: RowProps) {
  const t = useT();
  const at = (instant: string) => formatInstant(instant, intlTag());
  const client = visible(connection.client_name);
  const used = connection.last_used_at;
  return (
    <li className={classes.item}>
      <IconPlugConnected size={24} stroke={1.5} aria-hidden />
      <div className={classes.grow}>
        <p className={classes.strong}>
          {client}
          {named && ` – ${connection.user.name}`}
        </p>
        <p>{t('assistants.connected.may', { what: scopesWords(connection.scopes) })}</p>
        <p className={classes.soft}>
          {used === null
            ? t('assistants.connected.neverUsed')
            : t('assistants.connected.used', { at: at(used) })}
          {' – '}
          {t('assistants.connected.since', { at: at(connection.created_at) })}
        </p>
      </div>
      <Button
        variant="default"
        aria-label={t('assistants.connected.endLabel', { client })}
        onClick={onEnd}
      >
        {t('assistants.connected.end')}
      </Button>
    </li>
  );
}

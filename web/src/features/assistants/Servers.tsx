import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Upstream } from '@/api';
import { listUpstreamsOptions } from '@/api/@tanstack/react-query.gen';
import { formatInstant } from '@/core/dates';
import { intlTag } from '@/i18n';
import { useT } from '@/i18n/react';
import { Blank } from '@/ui/feedback/Blank';
import { Trouble } from '@/ui/feedback/Trouble';
import { Panel } from '@/ui/layout/Page';
import classes from './assistants.module.css';
import { Held } from './Held';
import { UpstreamState } from './UpstreamState';

/** What stands behind the gateway, and what an administrator has to decide about it. */
export default function Servers() {
  return (
    <div className={classes.stack}>
      <Held />
      <Upstreams />
    </div>
  );
}

/** The gateway reports by itself; a page left open follows within this time. */
const EVERY = 15_000;

function Upstreams() {
  const t = useT();
  const upstreams = useQuery({ ...listUpstreamsOptions(), refetchInterval: EVERY });
  const items = upstreams.data?.items ?? [];
  return (
    <Panel title={t('assistants.servers.title')}>
      {upstreams.isPending && <Skeleton height={128} />}
      {upstreams.isError && (
        <Trouble error={upstreams.error} onRetry={() => void upstreams.refetch()} />
      )}
      {upstreams.data && items.length === 0 && (
        <Blank title={t('assistants.servers.none')} text={t('assistants.servers.noneText')} />
      )}
      <ul>
        {items.map((upstream) => (
          <Server key={upstream.name} upstream={upstream} />
        ))}
      </ul>
    </Panel>
  );
}

function Server({ upstream }: { upstream: Upstream }) {
  const t = useT();
  const facts = [
    t('assistants.servers.tools', { count: upstream.tools }),
    upstream.quarantined > 0 && t('assistants.servers.held', { count: upstream.quarantined }),
    upstream.checked_at === null
      ? t('assistants.servers.unchecked')
      : t('assistants.servers.checked', { at: formatInstant(upstream.checked_at, intlTag()) }),
  ].filter((fact) => fact !== false);
  return (
    <li className={classes.item}>
      <div className={classes.grow}>
        <p className={classes.strong}>{upstream.name}</p>
        {upstream.detail !== null && upstream.detail !== '' && <p>{upstream.detail}</p>}
        {upstream.state === 'down' && upstream.tools > 0 && (
          <p>{t('assistants.servers.lastGood')}</p>
        )}
        <p className={classes.soft}>{facts.join(' – ')}</p>
      </div>
      <UpstreamState state={upstream.state} />
    </li>
  );
}

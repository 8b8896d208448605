import { Skeleton, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { readAssistantSetupOptions } from '@/api/@tanstack/react-query.gen';
import { useT } from '@/i18n/react';
import { Trouble } from '@/ui/feedback/Trouble';
import { Panel } from '@/ui/layout/Page';
import { Glyph } from '@/ui/status/glyphs';
import classes from './assistants.module.css';
import { CopyButton } from './CopyButton';
import { CLIENT_NAMES, CLIENTS, isLocal, recipeFor, type Client } from './recipes';

export function Setup() {
  const t = useT();
  const setup = useQuery({ ...readAssistantSetupOptions(), staleTime: Infinity });
  return (
    <Panel title={t('assistants.how.title')}>
      <p className={classes.lead}>{t('assistants.how.lead')}</p>
      {setup.isPending && <Skeleton height={260} />}
      {setup.isError && <Trouble error={setup.error} onRetry={() => void setup.refetch()} />}
      {setup.data && <HowTo url={setup.data.mcp_url} />}
    </Panel>
  );
}

function HowTo({ url }: { url: string }) {
  const t = useT();
  return (
    <div className={classes.form}>
      <div className={classes.address}>
        <code className={classes.url} aria-label={t('assistants.how.address')}>
          {url}
        </code>
        <CopyButton text={url} label={t('assistants.how.copyAddress')} strong />
      </div>
      <Tabs defaultValue={CLIENTS[0]} keepMounted={false}>
        <Tabs.List className={classes.tabs} aria-label={t('assistants.how.clients')}>
          {CLIENTS.map((client) => (
            <Tabs.Tab key={client} value={client} className={classes.tab}>
              {CLIENT_NAMES[client]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {CLIENTS.map((client) => (
          <Tabs.Panel key={client} value={client} className={classes.content}>
            <Steps client={client} url={url} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </div>
  );
}

function Steps({ client, url }: { client: Client; url: string }) {
  const t = useT();
  const { snippet, fromInternet } = recipeFor(client, url);
  const name = CLIENT_NAMES[client];
  return (
    <div className={classes.steps}>
      <p>{t(`assistants.how.${client}`)}</p>
      {fromInternet && isLocal(url) && (
        <p className={classes.caution}>
          <Glyph name="expiring" size={16} />
          <span>{t('assistants.how.local', { client: name })}</span>
        </p>
      )}
      {snippet && (
        <figure className={classes.snippet}>
          <figcaption className={classes.snippetHead}>
            <span>
              {snippet.file === null
                ? t('assistants.how.terminal')
                : t('assistants.how.file', { file: snippet.file })}
            </span>
            <CopyButton
              text={snippet.text}
              label={t('assistants.how.copyText', { client: name })}
            />
          </figcaption>
          <pre className={classes.code}>{snippet.text}</pre>
        </figure>
      )}
    </div>
  );
}

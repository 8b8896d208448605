import { Skeleton, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AssistantTool, Upstream } from '@/api';
import { listAssistantToolsOptions, listUpstreamsOptions } from '@/api/@tanstack/react-query.gen';
import { useT } from '@/i18n/react';
import { Blank } from '@/ui/feedback/Blank';
import { Trouble } from '@/ui/feedback/Trouble';
import { Panel } from '@/ui/layout/Page';
import classes from './assistants.module.css';
import { ToolRow } from './ToolRow';
import { UpstreamState } from './UpstreamState';

const fits = (tool: AssistantTool, words: string): boolean =>
  `${tool.name} ${tool.title} ${tool.description}`.toLowerCase().includes(words);

/** The tools one's assistants could get, server by server. */
export default function Tools() {
  const t = useT();
  const [query, setQuery] = useState('');
  const tools = useQuery(listAssistantToolsOptions());
  const upstreams = useQuery(listUpstreamsOptions());
  const items = tools.data?.items ?? [];
  const shown = items.filter((tool) => fits(tool, query.trim().toLowerCase()));
  const servers = [...new Set(shown.map((tool) => tool.upstream))];
  if (tools.isPending) return <Skeleton height={480} radius="lg" />;
  if (tools.isError) return <Trouble error={tools.error} onRetry={() => void tools.refetch()} />;
  if (items.length === 0) {
    return (
      <Panel>
        <Blank title={t('assistants.tools.none')} text={t('assistants.tools.noneText')} />
      </Panel>
    );
  }
  return (
    <div className={classes.stack}>
      <search>
        <TextInput
          type="search"
          className={classes.find}
          aria-label={t('assistants.tools.find')}
          placeholder={t('assistants.tools.find')}
          leftSection={<IconSearch size={18} stroke={1.7} aria-hidden />}
          value={query}
          onChange={({ currentTarget }) => {
            setQuery(currentTarget.value);
          }}
        />
      </search>
      <div role="status">
        {shown.length === 0 && <Blank title={t('assistants.tools.nothing', { query })} />}
      </div>
      {servers.map((upstream) => (
        <Group
          key={upstream}
          name={upstream}
          tools={shown.filter((tool) => tool.upstream === upstream)}
          state={upstreams.data?.items.find((entry) => entry.name === upstream)?.state}
        />
      ))}
    </div>
  );
}

interface GroupProps {
  name: string;
  tools: AssistantTool[];
  state: Upstream['state'] | undefined;
}

function Group({ name, tools, state }: GroupProps) {
  const t = useT();
  return (
    <Panel
      title={t('assistants.tools.of', { server: name })}
      aside={
        <span className={classes.groupFacts}>
          <span className={classes.soft}>
            {t('assistants.tools.count', { count: tools.length })}
          </span>
          {state !== undefined && state !== 'ready' && <UpstreamState state={state} />}
        </span>
      }
    >
      <ul>
        {tools.map((tool) => (
          <ToolRow key={tool.name} tool={tool} />
        ))}
      </ul>
    </Panel>
  );
}

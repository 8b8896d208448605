import { Button } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId } from 'react';
import { approveDefinition, rejectDefinition, type QuarantineItem } from '@/api';
import {
  listAssistantToolsQueryKey,
  listQuarantineQueryKey,
  listUpstreamsQueryKey,
} from '@/api/@tanstack/react-query.gen';
import { formatInstant } from '@/core/dates';
import { problemOf } from '@/core/http/problem';
import { intlTag } from '@/i18n';
import { useT } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';
import { Trouble } from '@/ui/feedback/Trouble';
import { Glyph } from '@/ui/status/glyphs';
import { Tag } from '@/ui/status/Tag';
import classes from './assistants.module.css';
import { visible } from './definition';
import { DefinitionDiff } from './DefinitionDiff';

interface HeldItemProps {
  item: QuarantineItem;
  open: boolean;
  onToggle: () => void;
  onDecided: () => void;
}

export function HeldItem({ item, open, onToggle, onDecided }: HeldItemProps) {
  const t = useT();
  const id = useId();
  // Names come from the server that is not trusted yet.
  const name = visible(item.name);
  const changed = item.status === 'changed';
  return (
    <li className={classes.held}>
      <h3 className={classes.heldHead}>
        <button
          type="button"
          className={classes.heldToggle}
          aria-expanded={open}
          aria-controls={open ? id : undefined}
          onClick={onToggle}
        >
          <IconChevronDown
            size={20}
            stroke={1.7}
            aria-hidden
            className={classes.chevron}
            data-open={open || undefined}
          />
          <span className={classes.heldName}>{name}</span>
          <span className={classes.soft}>
            {t(`assistants.held.kind.${item.kind}`)} – {visible(item.upstream)} –{' '}
            {t('assistants.held.seen', { at: formatInstant(item.seen_at, intlTag()) })}
          </span>
          <Tag
            tone={changed ? 'warn' : 'review'}
            sign={<Glyph name={changed ? 'expiring' : 'pending_review'} size={14} />}
          >
            {t(changed ? 'assistants.held.changed' : 'assistants.held.new')}
          </Tag>
        </button>
      </h3>
      {open && (
        <div id={id} className={classes.heldBody}>
          <DefinitionDiff
            before={item.approved?.definition ?? null}
            after={item.offered.definition}
          />
          <Decision item={item} name={name} onDecided={onDecided} />
        </div>
      )}
    </li>
  );
}

interface DecisionProps {
  item: QuarantineItem;
  name: string;
  onDecided: () => void;
}

/** Below what is decided, so that nobody approves without the text having been on the screen. */
function Decision({ item, name, onDecided }: DecisionProps) {
  const t = useT();
  const decide = useDecide(item, name, onDecided);
  const busy = decide.isPending ? decide.variables : null;
  return (
    <>
      {decide.isError && <Trouble error={decide.error} />}
      <div className={classes.decision}>
        <span className={classes.soft}>
          {t('assistants.held.hash', { hash: item.offered.hash.slice(0, 12) })}
        </span>
        <Button
          variant="default"
          aria-label={t('assistants.held.rejectLabel', { name })}
          loading={busy === 'reject'}
          disabled={busy === 'approve'}
          onClick={() => {
            decide.mutate('reject');
          }}
        >
          {t('assistants.held.reject')}
        </Button>
        <Button
          color="amber"
          aria-label={t('assistants.held.approveLabel', { name })}
          loading={busy === 'approve'}
          disabled={busy === 'reject'}
          onClick={() => {
            decide.mutate('approve');
          }}
        >
          {t('assistants.held.approve')}
        </Button>
      </div>
    </>
  );
}

function useDecide(item: QuarantineItem, name: string, onDecided: () => void) {
  const t = useT();
  const queries = useQueryClient();
  const reload = () =>
    Promise.all(
      [listQuarantineQueryKey(), listAssistantToolsQueryKey(), listUpstreamsQueryKey()].map(
        (queryKey) => queries.invalidateQueries({ queryKey }),
      ),
    );
  return useMutation({
    mutationFn: async (decision: 'approve' | 'reject') => {
      const { upstream, kind } = item;
      const options = {
        path: { upstream, kind, name: item.name },
        // The very text that was read: what changed meanwhile is not decided.
        body: { hash: item.offered.hash },
        throwOnError: true,
      } as const;
      await (decision === 'approve' ? approveDefinition(options) : rejectDefinition(options));
    },
    onSuccess: async (_, decision) => {
      await reload();
      toast(
        t(decision === 'approve' ? 'assistants.held.approved' : 'assistants.held.rejected', {
          name,
        }),
      );
      onDecided();
    },
    onError: (error) => {
      // It moved on while it was read: the new text takes its place under the explanation.
      const status = problemOf(error)?.status;
      if (status === 409 || status === 404) void reload();
    },
  });
}

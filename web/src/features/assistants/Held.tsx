import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { QuarantineItem } from '@/api';
import { listQuarantineOptions } from '@/api/@tanstack/react-query.gen';
import { useT } from '@/i18n/react';
import { Blank } from '@/ui/feedback/Blank';
import { Trouble } from '@/ui/feedback/Trouble';
import { Panel } from '@/ui/layout/Page';
import { Glyph } from '@/ui/status/glyphs';
import classes from './assistants.module.css';
import { HeldItem } from './HeldItem';

const keyOf = ({ upstream, kind, name }: QuarantineItem) => `${upstream}/${kind}/${name}`;

/** What servers offer that nobody has approved. One is open at a time: each is a decision of its own. */
export function Held() {
  const t = useT();
  const held = useQuery(listQuarantineOptions());
  const items = held.data?.items ?? [];
  // Null: none was opened or closed yet, so the first one is open.
  const [open, setOpen] = useState<string | null>(null);
  const first = items[0];
  const shown = open ?? (first ? keyOf(first) : '');
  return (
    <Panel title={t('assistants.held.title')} flush>
      {held.isPending && <Skeleton height={200} m="md" />}
      {held.isError && (
        <div className={classes.inset}>
          <Trouble error={held.error} onRetry={() => void held.refetch()} />
        </div>
      )}
      {held.data && items.length === 0 && (
        <Blank
          title={t('assistants.held.none')}
          text={t('assistants.held.noneText')}
          icon={<Glyph name="valid" size={40} />}
        />
      )}
      {items.length > 0 && (
        <>
          <p className={classes.insetLead}>{t('assistants.held.lead')}</p>
          <ul>
            {items.map((item) => (
              <HeldItem
                key={keyOf(item)}
                item={item}
                open={shown === keyOf(item)}
                onToggle={() => {
                  setOpen(shown === keyOf(item) ? '' : keyOf(item));
                }}
                onDecided={() => {
                  setOpen(null);
                }}
              />
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}

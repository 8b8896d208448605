import { Button, Skeleton } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { closeBulk, type Item } from '@/api';
import { readBulkQueryKey } from '@/api/@tanstack/react-query.gen';
import { invalidateStandings } from '@/core/http/standings';
import { useKeys } from '@/core/keys';
import { useT } from '@/i18n/react';
import { Blank } from '@/ui/feedback/Blank';
import { Trouble } from '@/ui/feedback/Trouble';
import { Page } from '@/ui/layout/Page';
import { AcceptSure } from './AcceptSure';
import { DropMany } from './DropMany';
import { LeavingList } from './LeavingList';
import { ScanDesk } from './ScanDesk';
import { ScanList } from './ScanList';
import { useBulk } from './use-bulk';
import classes from './bulk.module.css';

/** Drop two hundred scans: what a machine can match is matched, the rest goes by quickly under the hands of a person. */
export function BulkPage() {
  const t = useT();
  const bulk = useBulk();
  const items = bulk.items.data?.items ?? [];
  // After many were accepted at once, what is on the desk is the first that still waits.
  const [round, setRound] = useState(0);
  const acceptedMany = async () => {
    await bulk.refresh();
    setRound((now) => now + 1);
  };
  const idle = bulk.batch === null && bulk.leaving.length === 0;
  return (
    <Page
      title={t('bulk.title')}
      lead={t('bulk.lead')}
      actions={
        bulk.batch !== null && (
          <>
            <AcceptSure items={items} onDone={acceptedMany} />
            <Close batchId={bulk.batch.id} left={left(items)} />
          </>
        )
      }
    >
      {bulk.current.isError && (
        <Trouble error={bulk.current.error} onRetry={() => void bulk.current.refetch()} />
      )}
      {bulk.items.isError && (
        <Trouble error={bulk.items.error} onRetry={() => void bulk.items.refetch()} />
      )}
      {bulk.current.isPending && <Skeleton height={360} radius="lg" />}
      {bulk.current.isSuccess && (
        <DropMany small={!idle} onFiles={(files) => void bulk.send(files)} />
      )}
      <LeavingList
        leaving={bulk.leaving}
        onAgain={(file) => void bulk.send([file])}
        onDismiss={bulk.dismiss}
      />
      {items.length > 0 && <Sorting key={round} items={items} onChanged={bulk.refresh} />}
    </Page>
  );
}

const isOpen = (item: Item): boolean => item.state === 'waiting' || item.state === 'reading';
const left = (items: Item[]): number => items.filter(isOpen).length;

function Close({ batchId, left: open }: { batchId: string; left: number }) {
  const t = useT();
  const queries = useQueryClient();
  const [asked, setAsked] = useState(false);
  const close = useMutation({
    mutationFn: () => closeBulk({ path: { batch_id: batchId } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: readBulkQueryKey() }),
  });
  const sure = open === 0 || asked;
  return (
    <Button
      variant="default"
      loading={close.isPending}
      onClick={() => (sure ? close.mutate() : setAsked(true))}
      onBlur={() => setAsked(false)}
    >
      {sure && open > 0 ? t('bulk.closeSure', { count: open }) : t('bulk.close')}
    </Button>
  );
}

function Sorting({ items, onChanged }: { items: Item[]; onChanged: () => Promise<void> }) {
  const t = useT();
  const queries = useQueryClient();
  const [chosen, setChosen] = useState<string>();
  const open = items.filter(isOpen);
  const current = items.find((item) => item.id === chosen) ?? open[0];
  const go = (step: number) => {
    const place = current === undefined ? 0 : items.indexOf(current);
    setChosen(items[Math.min(Math.max(place + step, 0), items.length - 1)]?.id);
  };
  useKeys({ j: () => go(1), k: () => go(-1), ArrowDown: () => go(1), ArrowUp: () => go(-1) });
  const settled = async () => {
    const place = open.findIndex((item) => item.id === current?.id);
    setChosen((open[place + 1] ?? open[place - 1])?.id);
    await onChanged();
    void invalidateStandings(queries);
  };
  return (
    <div className={classes.desk}>
      <ScanList items={items} current={current?.id} onChoose={setChosen} />
      {current === undefined ? (
        <div className={classes.allDone}>
          <Blank title={t('bulk.allDone')} text={t('bulk.allDoneText')} />
        </div>
      ) : (
        <ScanDesk
          key={`${current.id} ${current.state === 'reading'}`}
          item={current}
          onSettled={settled}
          onChanged={onChanged}
        />
      )}
    </div>
  );
}

import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { acceptBulkItem, leaveOutBulkItem, takeBackBulkItem, type Item } from '@/api';
import { Viewer } from '@/features/evidence/Viewer';
import { useT } from '@/i18n/react';
import { Trouble } from '@/ui/feedback/Trouble';
import { accepted, type ScanForm } from './form';
import { ScanFields } from './ScanFields';
import classes from './bulk.module.css';

interface ScanDeskProps {
  item: Item;
  /** Accepted or left out: the next one follows. */
  onSettled: () => Promise<void>;
  onChanged: () => Promise<void>;
}

/** One scan: its picture, and what is said of it. */
export function ScanDesk({ item, onSettled, onChanged }: ScanDeskProps) {
  const t = useT();
  const path = { item_id: item.id };
  const accept = useMutation({
    mutationFn: (form: ScanForm) => acceptBulkItem({ path, body: accepted(form) }),
    onSuccess: onSettled,
  });
  const leave = useMutation({ mutationFn: () => leaveOutBulkItem({ path }), onSuccess: onSettled });
  const back = useMutation({ mutationFn: () => takeBackBulkItem({ path }), onSuccess: onChanged });
  const error = accept.error ?? leave.error ?? back.error;
  return (
    <>
      <div className={classes.document}>
        <Viewer of={{ scan: item.id }} fileName={item.file_name} pages={item.preview_pages} />
      </div>
      <section className={classes.form} aria-label={t('bulk.form')}>
        {item.state === 'refused' && (
          <p className={classes.refused}>
            {t('bulk.refused', {
              file: item.file_name,
              reason: t(`evidence.refusal.${item.refusal_code ?? 'other'}`),
            })}
          </p>
        )}
        {item.state === 'done' && <p>{t('bulk.doneText')}</p>}
        {item.state === 'left_out' && (
          <>
            <p>{t('bulk.leftOutText')}</p>
            <Button variant="default" loading={back.isPending} onClick={() => back.mutate()}>
              {t('bulk.takeBack')}
            </Button>
          </>
        )}
        {(item.state === 'waiting' || item.state === 'reading') && (
          <ScanFields
            item={item}
            busy={accept.isPending}
            onAccept={(form) => accept.mutate(form)}
            onLeaveOut={() => leave.mutate()}
          />
        )}
        {error !== null && <Trouble error={error} />}
      </section>
    </>
  );
}

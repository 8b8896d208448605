import { Button, Modal, Textarea } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { requestDocument, type DriverFileOut } from '@/api';
import { listDocumentRequestsQueryKey } from '@/api/@tanstack/react-query.gen';
import { RequirementSelect } from '@/features/evidence/RequirementSelect';
import { useT } from '@/i18n/react';
import { DateField } from '@/ui/date/DateField';
import { toast } from '@/ui/feedback/toast';
import { Trouble } from '@/ui/feedback/Trouble';
import classes from './retention.module.css';

interface AskDialogProps {
  file: DriverFileOut;
  name: string;
  onClose: () => void;
}

/** Asks the driver for a document of one requirement. */
export default function AskDialog({ file, name, onClose }: AskDialogProps) {
  const t = useT();
  const queries = useQueryClient();
  const phone = useMediaQuery('(max-width: 48em)');
  const path = { driver_id: file.driver.id };
  const [requirement, setRequirement] = useState('');
  const [note, setNote] = useState('');
  const [due, setDue] = useState<string>();
  const [tried, setTried] = useState(false);
  const ask = useMutation({
    mutationFn: () =>
      requestDocument({ path, body: { requirement, note: note.trim(), due_on: due ?? null } }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: listDocumentRequestsQueryKey({ path }) });
      toast(t('retention.asked'));
      onClose();
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setTried(true);
    if (requirement !== '') ask.mutate();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('retention.askTitle', { name })}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form onSubmit={submit} noValidate className={classes.form}>
        <p>{t('retention.askText')}</p>
        <RequirementSelect
          items={file.items.filter((item) => !item.withheld)}
          value={requirement}
          hint={undefined}
          error={tried && requirement === '' ? t('evidence.error.requirement') : undefined}
          native={phone}
          onChange={setRequirement}
        />
        <DateField label={t('retention.askDue')} min={file.as_of} value={due} onChange={setDue} />
        <Textarea
          label={t('retention.askNote')}
          rows={2}
          maxLength={1000}
          value={note}
          onChange={({ currentTarget }) => setNote(currentTarget.value)}
        />
        {ask.error !== null && <Trouble error={ask.error} />}
        <div className={classes.foot}>
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" color="amber" loading={ask.isPending}>
            {t('retention.ask')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

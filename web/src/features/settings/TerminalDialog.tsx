import { Button, Modal, Select, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SyntheticEvent } from 'react';
import { changeTerminal, createTerminal, type Terminal } from '@/api';
import { listTerminalsQueryKey } from '@/api/@tanstack/react-query.gen';
import { textOf, textOrNull } from '@/core/form';
import { fieldErrors } from '@/core/http/field-errors';
import { invalidateStandings } from '@/core/http/standings';
import { useT } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';
import { Trouble } from '@/ui/feedback/Trouble';
import classes from './settings.module.css';
import { timeZones } from './time-zones';

interface TerminalDialogProps {
  /** Null: a new one. */
  terminal: Terminal | null;
  onClose: () => void;
}

export function TerminalDialog({ terminal, onClose }: TerminalDialogProps) {
  const t = useT();
  const save = useSaveTerminal(terminal, onClose);
  const told = fieldErrors(save.error);
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    save.mutate(new FormData(event.currentTarget));
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(terminal ? 'settings.terminals.edit' : 'settings.terminals.add')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form className={classes.form} onSubmit={submit}>
        {save.isError && <Trouble error={save.error} />}
        <TextInput
          name="name"
          required
          data-autofocus
          label={t('settings.terminals.name')}
          defaultValue={terminal?.name}
          error={told['name']}
        />
        <div className={classes.pair}>
          <TextInput
            name="code"
            label={t('settings.terminals.code')}
            defaultValue={terminal?.code ?? ''}
            error={told['code']}
          />
          <TextInput
            name="state"
            maxLength={2}
            label={t('settings.terminals.state')}
            placeholder={t('settings.terminals.stateHint')}
            defaultValue={terminal?.state ?? ''}
            error={told['state']}
          />
        </div>
        <TextInput
          name="city"
          label={t('settings.terminals.city')}
          defaultValue={terminal?.city ?? ''}
          error={told['city']}
        />
        <Select
          name="time_zone"
          required
          searchable
          limit={60}
          label={t('settings.terminals.zone')}
          data={timeZones()}
          defaultValue={terminal?.time_zone ?? 'America/Chicago'}
          error={told['time_zone']}
        />
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" color="amber" loading={save.isPending}>
            {t('action.save')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function useSaveTerminal(terminal: Terminal | null, onDone: () => void) {
  const t = useT();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (fields: FormData) => {
      const body = {
        name: textOf(fields, 'name'),
        code: textOrNull(fields, 'code'),
        city: textOrNull(fields, 'city'),
        state: textOrNull(fields, 'state'),
        time_zone: textOf(fields, 'time_zone'),
      };
      return terminal
        ? changeTerminal({ path: { terminal_id: terminal.id }, body, throwOnError: true })
        : createTerminal({ body, throwOnError: true });
    },
    onSuccess: () => {
      void queries.invalidateQueries({
        queryKey: listTerminalsQueryKey({ query: { limit: 200 } }),
      });
      // Another time zone may mean another day, and so another standing.
      void invalidateStandings(queries);
      toast(t('action.saved'));
      onDone();
    },
  });
}

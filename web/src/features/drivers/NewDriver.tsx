import { Button, Modal, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type SyntheticEvent } from 'react';
import type { DriverCreate } from '@/api';
import { createDriverMutation, listTerminalsOptions } from '@/api/@tanstack/react-query.gen';
import { isPlainDate } from '@/core/dates';
import { fieldErrors } from '@/core/http/field-errors';
import { invalidateStandings } from '@/core/http/standings';
import { oneOf } from '@/core/url';
import { useT } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';
import { Trouble } from '@/ui/feedback/Trouble';
import classes from './drivers.module.css';

const CLASSES = ['A', 'B', 'C', 'none'] as const;
const REQUIRED = ['first_name', 'last_name', 'employee_id', 'terminal_id'] as const;

/** What was typed; an empty field is left out, which means "not known". */
export function readDriver(fields: FormData): DriverCreate {
  const text = (name: string) => {
    const value = fields.get(name);
    return typeof value === 'string' ? value.trim() : '';
  };
  const day = (name: string) => (isPlainDate(text(name)) ? text(name) : undefined);
  const some = (name: string) => (text(name) === '' ? undefined : text(name));
  return {
    first_name: text('first_name'),
    last_name: text('last_name'),
    employee_id: text('employee_id'),
    terminal_id: text('terminal_id'),
    hired_on: day('hired_on'),
    date_of_birth: day('date_of_birth'),
    email: some('email'),
    phone: some('phone'),
    profile: { cdl_class: oneOf(CLASSES, text('cdl_class')) },
  };
}

export default function NewDriver({ onClose }: { onClose: () => void }) {
  const t = useT();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const terminals = useQuery(listTerminalsOptions({ query: { limit: 200 } }));
  const create = useMutation(createDriverMutation());
  const [missing, setMissing] = useState<readonly string[]>([]);
  const told = fieldErrors(create.error);
  const error = (name: string) => (missing.includes(name) ? t('drivers.new.required') : told[name]);

  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const body = readDriver(new FormData(event.currentTarget));
    const lacking = REQUIRED.filter((name) => body[name] === '');
    setMissing(lacking);
    if (lacking.length > 0) return;
    create.mutate(
      { body },
      {
        onSuccess: (driver) => {
          toast(t('drivers.new.done', { name: `${driver.first_name} ${driver.last_name}` }));
          void invalidateStandings(queries);
          void navigate({ to: '/drivers/$driverId', params: { driverId: driver.id } });
        },
      },
    );
  };

  const options = terminals.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? [];
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('drivers.new.title')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form onSubmit={submit} noValidate className={classes.form}>
        <p className={classes.wide}>{t('drivers.new.lead')}</p>
        {create.isError && (
          <div className={classes.wide}>
            <Trouble error={create.error} />
          </div>
        )}
        {(['first_name', 'last_name', 'employee_id'] as const).map((name) => (
          <TextInput
            key={name}
            name={name}
            label={t(
              (
                {
                  first_name: 'drivers.new.firstName',
                  last_name: 'drivers.new.lastName',
                  employee_id: 'drivers.new.employeeId',
                } as const
              )[name],
            )}
            required
            autoComplete="off"
            data-autofocus={name === 'first_name' || undefined}
            error={error(name)}
          />
        ))}
        <Select
          name="terminal_id"
          label={t('drivers.new.terminal')}
          required
          data={options}
          error={error('terminal_id')}
          description={
            terminals.data && options.length === 0 ? t('drivers.new.noTerminal') : undefined
          }
        />
        <TextInput
          name="hired_on"
          type="date"
          label={t('drivers.new.hiredOn')}
          description={t('drivers.new.hiredOnHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          error={error('hired_on')}
        />
        <Select
          name="cdl_class"
          label={t('drivers.new.cdlClass')}
          defaultValue=""
          data={[
            { value: '', label: t('drivers.new.cdl.unknown') },
            ...CLASSES.map((value) => ({ value, label: t(`drivers.new.cdl.${value}`) })),
          ]}
        />
        <TextInput
          name="date_of_birth"
          type="date"
          label={t('drivers.new.birth')}
          error={error('date_of_birth')}
        />
        <TextInput
          name="phone"
          type="tel"
          autoComplete="off"
          label={t('drivers.new.phone')}
          error={error('phone')}
        />
        <TextInput
          name="email"
          type="email"
          autoComplete="off"
          className={classes.wide}
          label={t('drivers.new.email')}
          error={error('email')}
        />
        <div className={classes.formActions}>
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" color="amber" loading={create.isPending}>
            {t('drivers.new.submit')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

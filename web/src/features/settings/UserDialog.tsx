import { Button, Checkbox, Modal, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { createUser, updateUser, type Role, type User, type UserCreate } from '@/api';
import { listTerminalsOptions, listUsersQueryKey } from '@/api/@tanstack/react-query.gen';
import { fieldErrors } from '@/core/http/field-errors';
import { oneOf } from '@/core/url';
import { useT } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';
import { Trouble } from '@/ui/feedback/Trouble';
import { DriverSelect } from './DriverSelect';
import { OneTimePassword } from './OneTimePassword';
import classes from './settings.module.css';
import { changesOf, lackingFields, PLACE, readUser, ROLES } from './user-form';

interface UserDialogProps {
  /** Null: a new person. */
  user: User | null;
  onClose: () => void;
}

export function UserDialog({ user, onClose }: UserDialogProps) {
  const t = useT();
  const save = useSaveUser(user, onClose);
  const [role, setRole] = useState<Role>(user?.role ?? 'safety_manager');
  const [lacking, setLacking] = useState<string[]>([]);
  const told = fieldErrors(save.error);
  const error = (name: string) =>
    lacking.includes(name) ? t('settings.users.missing') : told[name];

  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const person = readUser(fields, role);
    const missing = lackingFields(person);
    setLacking(missing);
    if (missing.length > 0) return;
    save.mutate({
      person,
      disabled: fields.get('disabled') === 'on',
      reset: fields.get('reset_password') === 'on',
    });
  };

  const password = save.data?.one_time_password;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(user ? 'settings.users.edit' : 'settings.users.add')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      {password ? (
        <OneTimePassword name={save.data?.name ?? ''} password={password} onClose={onClose} />
      ) : (
        <form className={classes.form} onSubmit={submit} noValidate>
          {save.isError && <Trouble error={save.error} />}
          <TextInput
            name="name"
            required
            data-autofocus
            autoComplete="off"
            label={t('settings.users.name')}
            defaultValue={user?.name}
            error={error('name')}
          />
          <TextInput
            name="email"
            type="email"
            required
            autoComplete="off"
            readOnly={user !== null}
            label={t('settings.users.email')}
            defaultValue={user?.email}
            error={error('email')}
          />
          <Select
            label={t('settings.users.role')}
            value={role}
            onChange={(value) => {
              setRole(oneOf(ROLES, value) ?? role);
            }}
            data={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))}
          />
          <Place user={user} role={role} error={error} />
          <Select
            name="locale"
            label={t('settings.users.language')}
            defaultValue={user?.locale ?? 'en'}
            data={[
              { value: 'en', label: 'English' },
              { value: 'es', label: 'Español' },
            ]}
          />
          {user && (
            <>
              <Checkbox
                name="disabled"
                label={t('settings.users.disabled')}
                defaultChecked={user.disabled}
              />
              <Checkbox name="reset_password" label={t('settings.users.reset')} />
            </>
          )}
          <div className={classes.actions}>
            <Button variant="default" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button type="submit" color="amber" loading={save.isPending}>
              {t(user ? 'action.save' : 'settings.users.add')}
            </Button>
          </div>
        </form>
      )}
    </Modal>
  );
}

interface PlaceProps {
  user: User | null;
  role: Role;
  error: (name: string) => string | undefined;
}

/** What a role is tied to: a terminal, a driver, a last day. */
function Place({ user, role, error }: PlaceProps) {
  const t = useT();
  const terminals = useQuery({
    ...listTerminalsOptions({ query: { limit: 200 } }),
    enabled: role === 'supervisor' || role === 'coach',
  });
  switch (PLACE[role]) {
    case 'terminal_id':
      return (
        <Select
          name="terminal_id"
          required
          label={t('settings.users.terminal')}
          defaultValue={user?.terminal_id}
          data={terminals.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
          error={error('terminal_id')}
        />
      );
    case 'driver_id':
      return (
        <DriverSelect
          name="driver_id"
          required
          label={t('settings.users.driver')}
          defaultValue={user?.driver_id}
          error={error('driver_id')}
        />
      );
    default:
      return (
        <TextInput
          name="expires_on"
          type="date"
          required={role === 'auditor'}
          label={t('settings.users.expires')}
          description={t('settings.users.expiresHint')}
          defaultValue={user?.expires_on ?? ''}
          error={error('expires_on')}
        />
      );
  }
}

interface Save {
  person: UserCreate;
  disabled: boolean;
  reset: boolean;
}

function useSaveUser(user: User | null, onDone: () => void) {
  const t = useT();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ person, disabled, reset }: Save) => {
      const { data } = user
        ? await updateUser({
            path: { user_id: user.id },
            body: {
              ...changesOf(user, person, disabled),
              ...(reset ? { reset_password: true } : {}),
            },
            throwOnError: true,
          })
        : await createUser({ body: person, throwOnError: true });
      return data;
    },
    onSuccess: (saved) => {
      void queries.invalidateQueries({ queryKey: listUsersQueryKey() });
      // A one-time password stays on the screen until it was read.
      if (saved.one_time_password) return;
      toast(t('action.saved'));
      onDone();
    },
  });
}

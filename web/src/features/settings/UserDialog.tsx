import { Button, Checkbox, Modal, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import type { Role, User } from '@/api';
import { fieldErrors } from '@/core/http/field-errors';
import { oneOf } from '@/core/url';
import { useProof } from '@/features/account/use-proof';
import { useT } from '@/i18n/react';
import { Trouble } from '@/ui/feedback/Trouble';
import { OneTimePassword } from './OneTimePassword';
import classes from './settings.module.css';
import { UserPlace } from './UserPlace';
import { useSaveUser, WAYS, type Way } from './use-save-user';
import { lackingFields, readUser, ROLES } from './user-form';

interface UserDialogProps {
  /** Null: a new person. */
  user: User | null;
  onClose: () => void;
  /** Asked to take the person's second factor away. */
  onResetFactor: (user: User) => void;
}

export function UserDialog({ user, onClose, onResetFactor }: UserDialogProps) {
  const t = useT();
  const proof = useProof();
  const save = useSaveUser(user, proof.guard, onClose);
  const [way, setWay] = useState<Way>('mail');
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
      way,
      disabled: fields.get('disabled') === 'on',
      reset: fields.get('reset_password') === 'on',
    });
  };

  const action = way === 'mail' ? 'settings.users.invite' : 'settings.users.add';
  const password = save.data?.one_time_password;
  return (
    <>
      <Modal
        opened
        onClose={onClose}
        closeOnEscape={!proof.asking}
        trapFocus={!proof.asking}
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
            <UserPlace user={user} role={role} error={error} />
            <Select
              name="locale"
              label={t('settings.users.language')}
              defaultValue={user?.locale ?? 'en'}
              data={[
                { value: 'en', label: 'English' },
                { value: 'es', label: 'Español' },
              ]}
            />
            {user ? (
              <>
                <Checkbox
                  name="disabled"
                  label={t('settings.users.disabled')}
                  defaultChecked={user.disabled}
                />
                <Checkbox name="reset_password" label={t('settings.users.reset')} />
                <Button
                  variant="default"
                  onClick={() => {
                    onResetFactor(user);
                  }}
                >
                  {t('settings.users.resetFactor')}
                </Button>
              </>
            ) : (
              <WayIn way={way} onChange={setWay} />
            )}
            <div className={classes.actions}>
              <Button variant="default" onClick={onClose}>
                {t('action.cancel')}
              </Button>
              <Button type="submit" color="amber" loading={save.isPending}>
                {t(user ? 'action.save' : action)}
              </Button>
            </div>
          </form>
        )}
      </Modal>
      {proof.dialog}
    </>
  );
}

function WayIn({ way, onChange }: { way: Way; onChange: (way: Way) => void }) {
  const t = useT();
  return (
    <div>
      <span className={classes.label} aria-hidden>
        {t('settings.users.way')}
      </span>
      <SegmentedControl
        aria-label={t('settings.users.way')}
        value={way}
        onChange={(value) => {
          onChange(oneOf(WAYS, value) ?? 'mail');
        }}
        data={WAYS.map((value) => ({ value, label: t(`settings.users.way.${value}`) }))}
      />
      <p className={classes.soft}>{t(`settings.users.wayHint.${way}`)}</p>
    </div>
  );
}

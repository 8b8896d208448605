import { Button, PasswordInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { changePasswordMutation } from '@/api/@tanstack/react-query.gen';
import { useMe } from '@/core/auth/me';
import { fieldErrors } from '@/core/http/field-errors';
import { useT } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';
import { Trouble } from '@/ui/feedback/Trouble';
import { Panel } from '@/ui/layout/Page';
import classes from './settings.module.css';

const SHORTEST = 12;

export function PasswordForm() {
  const t = useT();
  const me = useMe();
  const change = useMutation(changePasswordMutation());
  const [lacks, setLacks] = useState({ current: false, fresh: false });
  const told = fieldErrors(change.error);

  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const fields = new FormData(form);
    // Blanks may belong to a password: nothing is trimmed.
    const read = (name: string) => {
      const value = fields.get(name);
      return typeof value === 'string' ? value : '';
    };
    const [current, fresh] = [read('current'), read('new')];
    const missing = { current: current === '', fresh: fresh.length < SHORTEST };
    setLacks(missing);
    if (missing.current || missing.fresh) return;
    change.mutate(
      { body: { current, new: fresh } },
      {
        onSuccess: () => {
          form.reset();
          toast(t('settings.password.done'));
        },
      },
    );
  };

  return (
    <Panel title={t('settings.password.title')}>
      <form className={classes.form} onSubmit={submit} noValidate>
        {change.isError && <Trouble error={change.error} />}
        {/* Password managers need to know whose password it is. */}
        <input type="email" name="email" value={me.email} autoComplete="username" readOnly hidden />
        <PasswordInput
          name="current"
          label={t('settings.password.current')}
          autoComplete="current-password"
          error={lacks.current ? t('settings.password.missing') : told['current']}
        />
        <PasswordInput
          name="new"
          label={t('settings.password.new')}
          description={t('settings.password.hint')}
          autoComplete="new-password"
          error={lacks.fresh ? t('settings.password.short') : told['new']}
        />
        <div className={classes.actions}>
          <Button type="submit" variant="default" loading={change.isPending}>
            {t('settings.password.submit')}
          </Button>
        </div>
      </form>
    </Panel>
  );
}

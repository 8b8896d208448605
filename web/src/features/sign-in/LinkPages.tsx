import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState, type ReactNode, type SyntheticEvent } from 'react';
import { acceptInvitation, forgotPassword, readInvitation, resetPassword } from '@/api';
import { acceptToken } from '@/core/auth/session';
import { textOf } from '@/core/form';
import { useT } from '@/i18n/react';
import { Trouble } from '@/ui/feedback/Trouble';
import { useTitle } from '@/ui/layout/Page';
import { Mark } from '@/ui/shell/Brand';
import classes from './sign-in.module.css';

const SHORTEST = 12;

/** Taken once, then out of the address: not in the history, and not over a shoulder. */
function useToken(): string {
  const [token] = useState(() => {
    const found = window.location.hash.slice(1);
    window.history.replaceState(window.history.state, '', window.location.pathname);
    return found;
  });
  return token;
}

function Sheet({ title, children }: { title: string; children: ReactNode }) {
  const t = useT();
  useTitle(title);
  return (
    <div className={classes.page}>
      <div className={classes.sign}>
        <Mark size={56} />
        <p className={classes.name}>{t('app.name')}</p>
        <div className={classes.lane} aria-hidden="true" />
      </div>
      <main className={classes.side}>
        <div className={classes.card}>
          <h1 className={classes.title}>{title}</h1>
          {children}
          <Link to="/sign-in">{t('signIn.back')}</Link>
        </div>
      </main>
    </div>
  );
}

/** Sends a form once; `done` when the server took it. */
function useSending(send: (fields: FormData) => Promise<boolean>) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [done, setDone] = useState(false);
  const submit = async (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      setDone(await send(new FormData(event.currentTarget)));
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return {
    submit: (event: SyntheticEvent<HTMLFormElement>) => void submit(event),
    busy,
    error,
    done,
  };
}

export function ForgotPage() {
  const t = useT();
  const [missing, setMissing] = useState(false);
  const form = useSending(async (fields) => {
    const email = textOf(fields, 'email');
    setMissing(email === '');
    if (email === '') return false;
    await forgotPassword({ body: { email }, throwOnError: true });
    return true;
  });
  return (
    <Sheet title={t('forgot.title')}>
      {form.done ? (
        <p role="status">{t('forgot.sent')}</p>
      ) : (
        <form onSubmit={form.submit} noValidate className={classes.form}>
          {form.error !== null && <Trouble error={form.error} />}
          <p>{t('forgot.lead')}</p>
          <TextInput
            label={t('signIn.email')}
            type="email"
            name="email"
            autoComplete="username"
            error={missing && t('signIn.emailMissing')}
          />
          <Button type="submit" color="amber" size="md" loading={form.busy}>
            {t('forgot.submit')}
          </Button>
        </form>
      )}
    </Sheet>
  );
}

function NewPassword({ short }: { short: boolean }) {
  const t = useT();
  return (
    <PasswordInput
      label={t('signIn.newPassword')}
      description={t('signIn.newPasswordHint')}
      name="password"
      autoComplete="new-password"
      error={short && t('signIn.newPasswordMissing')}
    />
  );
}

export function ResetPage() {
  const t = useT();
  const token = useToken();
  const [short, setShort] = useState(false);
  const form = useSending(async (fields) => {
    const password = passwordOf(fields);
    setShort(password.length < SHORTEST);
    if (password.length < SHORTEST) return false;
    await resetPassword({ body: { token, password }, throwOnError: true });
    return true;
  });
  return (
    <Sheet title={t('reset.title')}>
      {form.done ? (
        <p role="status">{t('reset.done')}</p>
      ) : (
        <form onSubmit={form.submit} noValidate className={classes.form}>
          {form.error !== null && <Trouble error={form.error} />}
          <NewPassword short={short} />
          <Button type="submit" color="amber" size="md" loading={form.busy}>
            {t('reset.submit')}
          </Button>
        </form>
      )}
    </Sheet>
  );
}

export function InvitationPage() {
  const t = useT();
  const navigate = useNavigate();
  const token = useToken();
  const invitation = useQuery({
    queryKey: ['invitation', token],
    queryFn: async () => (await readInvitation({ body: { token }, throwOnError: true })).data,
    retry: false,
  });
  const [lacks, setLacks] = useState({ name: false, short: false });
  const form = useSending(async (fields) => {
    const [name, password] = [textOf(fields, 'name'), passwordOf(fields)];
    const found = { name: name === '', short: password.length < SHORTEST };
    setLacks(found);
    if (found.name || found.short) return false;
    const { data } = await acceptInvitation({
      body: { token, name, password },
      throwOnError: true,
    });
    acceptToken(data);
    await navigate({ to: '/' });
    return true;
  });
  const shown = invitation.data;
  return (
    <Sheet title={t('invitation.title')}>
      {invitation.error !== null && <Trouble error={invitation.error} />}
      {shown && (
        <form onSubmit={form.submit} noValidate className={classes.form}>
          {form.error !== null && <Trouble error={form.error} />}
          <p>
            {t('invitation.lead', {
              carrier: shown.carrier,
              role: t(`role.${shown.role}`),
              email: shown.email,
            })}
          </p>
          <TextInput
            label={t('invitation.name')}
            name="name"
            autoComplete="name"
            defaultValue={shown.name}
            error={lacks.name && t('invitation.nameMissing')}
          />
          <NewPassword short={lacks.short} />
          <Button type="submit" color="amber" size="md" loading={form.busy}>
            {t('invitation.submit')}
          </Button>
        </form>
      )}
    </Sheet>
  );
}

/** As it was typed: spaces at the ends belong to a password. */
function passwordOf(fields: FormData): string {
  const entry = fields.get('password');
  return typeof entry === 'string' ? entry : '';
}

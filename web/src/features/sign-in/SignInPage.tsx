import { Button, PasswordInput, SegmentedControl, TextInput } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useState, type SyntheticEvent } from 'react';
import { beginRequiredTotp, signIn, type TotpBegun } from '@/api';
import { acceptToken } from '@/core/auth/session';
import { problemOf } from '@/core/http/problem';
import { LOCALES, setLocale, toLocale } from '@/i18n';
import { useLocale, useT } from '@/i18n/react';
import { Trouble } from '@/ui/feedback/Trouble';
import { useTitle } from '@/ui/layout/Page';
import { Mark } from '@/ui/shell/Brand';
import classes from './sign-in.module.css';

const PasskeyButton = lazy(() => import('./PasskeyButton'));
const NAMES = { en: 'English', es: 'Español' } as const;

export function SignInPage() {
  const t = useT();
  const locale = useLocale();
  useTitle(t('signIn.title'));
  return (
    <div className={classes.page}>
      <div className={classes.sign}>
        <Mark size={56} />
        <p className={classes.name}>{t('app.name')}</p>
        <p className={classes.lead}>{t('signIn.lead')}</p>
        <div className={classes.lane} aria-hidden="true" />
      </div>
      <main className={classes.side}>
        <div className={classes.card}>
          <h1 className={classes.title}>{t('signIn.title')}</h1>
          <SignInForm />
          <SegmentedControl
            aria-label={t('signIn.language')}
            value={locale}
            onChange={(value) => void setLocale(toLocale(value) ?? 'en')}
            data={LOCALES.map((value) => ({ value, label: NAMES[value] }))}
          />
        </div>
        <p className={classes.legal}>{t('app.legal')}</p>
      </main>
    </div>
  );
}

function SignInForm() {
  const t = useT();
  const form = useSignIn();
  return (
    <form onSubmit={(event) => void form.submit(event)} noValidate className={classes.form}>
      {form.error !== null && <Trouble error={form.error} />}
      <TextInput
        label={t('signIn.email')}
        type="email"
        name="email"
        autoComplete="username webauthn"
        autoFocus
        error={form.missing.email && t('signIn.emailMissing')}
        readOnly={form.mustChange}
      />
      <PasswordInput
        label={t('signIn.password')}
        name="password"
        autoComplete="current-password"
        error={form.missing.password && t('signIn.passwordMissing')}
      />
      {form.mustChange && (
        <>
          <p>{t('signIn.newPasswordLead')}</p>
          <PasswordInput
            label={t('signIn.newPassword')}
            description={t('signIn.newPasswordHint')}
            name="new_password"
            autoComplete="new-password"
            error={form.missing.newPassword && t('signIn.newPasswordMissing')}
          />
        </>
      )}
      {form.setUp !== null && (
        <>
          <p>{t('signIn.setUpLead')}</p>
          <img
            alt={t('signIn.qr')}
            width={180}
            height={180}
            src={`data:image/svg+xml;utf8,${encodeURIComponent(form.setUp.qr_svg)}`}
          />
          <p>
            {t('signIn.setUpKey')} <code>{form.setUp.secret}</code>
          </p>
        </>
      )}
      {form.needsCode && (
        <TextInput
          label={t('signIn.code')}
          description={t('signIn.codeHint')}
          name="code"
          autoComplete="one-time-code"
          autoFocus
          error={form.missing.code && t('signIn.codeMissing')}
        />
      )}
      <Button type="submit" color="amber" size="md" loading={form.busy}>
        {t(form.mustChange ? 'signIn.change' : 'signIn.submit')}
      </Button>
      <Suspense>
        <PasskeyButton onEntered={form.go} onError={form.tell} />
      </Suspense>
      <Link to="/forgot-password">{t('signIn.forgot')}</Link>
    </form>
  );
}

interface Missing {
  code?: boolean;
  email?: boolean;
  password?: boolean;
  newPassword?: boolean;
}

/** The fields live in the form itself: a password is never React state. */
function useSignIn() {
  const navigate = useNavigate();
  const { next } = useSearch({ from: '/sign-in' });
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [missing, setMissing] = useState<Missing>({});
  const [mustChange, setMustChange] = useState(false);
  const [needsCode, setNeedsCode] = useState(false);
  const [setUp, setSetUp] = useState<TotpBegun | null>(null);

  const go = () => navigate({ href: next ?? '/' });

  const submit = async (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const value = (name: string) => {
      const entry = fields.get(name);
      return typeof entry === 'string' ? entry : '';
    };
    const [email, password, fresh] = [
      value('email').trim(),
      value('password'),
      value('new_password'),
    ];
    const lacks = {
      email: email === '',
      password: password === '',
      newPassword: mustChange && fresh.length < 12,
      code: needsCode && value('code').trim() === '',
    };
    setMissing(lacks);
    if (Object.values(lacks).some(Boolean)) return;
    setBusy(true);
    setError(null);
    try {
      const body = {
        email,
        password,
        ...(mustChange ? { new_password: fresh } : {}),
        ...(needsCode ? { code: value('code').trim() } : {}),
      };
      const { data } = await signIn({ body, throwOnError: true });
      acceptToken(data);
      await go();
    } catch (failure) {
      // A one-time password is right but only good for choosing the real one.
      const slug = problemOf(failure)?.slug;
      if (slug === 'password-change-required') setMustChange(true);
      else if (slug === 'second-factor-required') setNeedsCode(true);
      else if (slug === 'second-factor-missing') {
        try {
          const begun = await beginRequiredTotp({ body: { email, password }, throwOnError: true });
          setSetUp(begun.data);
          setNeedsCode(true);
        } catch (further) {
          setError(further);
        }
      } else setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return { submit, go, tell: setError, busy, error, missing, mustChange, needsCode, setUp };
}

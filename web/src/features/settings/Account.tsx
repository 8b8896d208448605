import { Button, SegmentedControl, TextInput, useMantineColorScheme } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SyntheticEvent } from 'react';
import { readMeQueryKey, updateMeMutation } from '@/api/@tanstack/react-query.gen';
import { useMe } from '@/core/auth/me';
import { textOf } from '@/core/form';
import { fieldErrors } from '@/core/http/field-errors';
import { oneOf } from '@/core/url';
import { Passkeys } from '@/features/account/Passkeys';
import { SecondFactor } from '@/features/account/SecondFactor';
import { LOCALES, setLocale, type Locale } from '@/i18n';
import { useFormats, useLocale, useT } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';
import { Trouble } from '@/ui/feedback/Trouble';
import { Panel } from '@/ui/layout/Page';
import { PasswordForm } from './PasswordForm';
import { Sessions } from './Sessions';
import classes from './settings.module.css';

const LANGUAGES = { en: 'English', es: 'Español' } as const;
const SCHEMES = ['auto', 'light', 'dark'] as const;

export default function Account() {
  return (
    <div className={classes.columns}>
      <AboutMe />
      <PasswordForm />
      <SecondFactor />
      <Passkeys />
      <Sessions />
    </div>
  );
}

function AboutMe() {
  const t = useT();
  const me = useMe();
  const { date } = useFormats();
  const locale = useLocale();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const update = useUpdateMe();

  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    update.mutate(
      { body: { name: textOf(new FormData(event.currentTarget), 'name') } },
      {
        onSuccess: () => {
          toast(t('action.saved'));
        },
      },
    );
  };
  const speak = (next: Locale) => {
    void setLocale(next);
    update.mutate({ body: { locale: next } });
  };

  return (
    <Panel title={t('settings.profile.about')}>
      <form className={classes.form} onSubmit={submit}>
        {update.isError && <Trouble error={update.error} />}
        <dl className={classes.facts}>
          <dt>{t('settings.profile.email')}</dt>
          <dd>{me.email}</dd>
          <dt>{t('settings.profile.role')}</dt>
          <dd>
            {t(`role.${me.role}`)} – {me.carrier.name}
          </dd>
          {me.expires_on !== null && (
            <>
              <dt>{t('settings.profile.expires')}</dt>
              <dd>{date(me.expires_on, { length: 'long' })}</dd>
            </>
          )}
        </dl>
        <div className={classes.inline}>
          <TextInput
            className={classes.grow}
            name="name"
            label={t('settings.profile.name')}
            defaultValue={me.name}
            autoComplete="name"
            error={fieldErrors(update.error)['name']}
          />
          <Button type="submit" variant="default" loading={update.isPending}>
            {t('action.save')}
          </Button>
        </div>
        <Choice
          label={t('settings.profile.language')}
          value={locale}
          data={LOCALES.map((value) => ({ value, label: LANGUAGES[value] }))}
          onChange={(value) => {
            speak(oneOf(LOCALES, value) ?? 'en');
          }}
        />
        <Choice
          label={t('settings.profile.scheme')}
          value={colorScheme}
          data={SCHEMES.map((value) => ({ value, label: t(`settings.profile.scheme.${value}`) }))}
          onChange={(value) => {
            setColorScheme(oneOf(SCHEMES, value) ?? 'auto');
          }}
        />
      </form>
    </Panel>
  );
}

function useUpdateMe() {
  const queries = useQueryClient();
  return useMutation({
    ...updateMeMutation(),
    onSuccess: (me) => {
      queries.setQueryData(readMeQueryKey(), me);
    },
  });
}

interface ChoiceProps {
  label: string;
  value: string;
  data: { value: string; label: string }[];
  onChange: (value: string) => void;
}

function Choice({ label, ...control }: ChoiceProps) {
  return (
    <div>
      <span className={classes.label} aria-hidden>
        {label}
      </span>
      <SegmentedControl aria-label={label} {...control} />
    </div>
  );
}

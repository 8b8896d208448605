import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { signInToShare } from '@/api';
import { readSharedQueryKey } from '@/api/@tanstack/react-query.gen';
import { problemOf } from '@/core/http/problem';
import { useT } from '@/i18n/react';
import { Blank } from '@/ui/feedback/Blank';
import { Trouble } from '@/ui/feedback/Trouble';
import { Outside } from '@/ui/shell/Outside';
import { Ended } from './Ended';
import { linkToken } from './link';
import classes from './shared.module.css';

/** Link and code, and who it is that reads. The link's token stays behind the # and so out of every server's log. */
export function SharedSignIn() {
  const t = useT();
  const [link] = useState(linkToken);
  const queries = useQueryClient();
  const enter = useMutation({
    mutationFn: async (fields: { code: string; name: string; organisation: string }) =>
      (await signInToShare({ body: { link, ...fields } })).data,
    onSuccess: (shared) => queries.setQueryData(readSharedQueryKey(), shared),
  });
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const text = (name: string) => {
      const entry = fields.get(name);
      return typeof entry === 'string' ? entry.trim() : '';
    };
    enter.mutate({ code: text('code'), name: text('name'), organisation: text('organisation') });
  };
  const slug = problemOf(enter.error)?.slug;
  if (slug === 'share-revoked' || slug === 'share-expired') {
    return <Ended revoked={slug === 'share-revoked'} />;
  }
  if (link === '') {
    return (
      <Outside page="shared.title">
        <Blank title={t('shared.noLink')} text={t('shared.noLinkText')} />
      </Outside>
    );
  }
  return (
    <Outside page="shared.enter" lead="shared.enterLead">
      <form className={classes.form} onSubmit={submit}>
        {enter.isError && <Trouble error={enter.error} />}
        <TextInput
          label={t('shared.code')}
          description={t('shared.codeHint')}
          name="code"
          required
          autoFocus
          maxLength={40}
          autoComplete="one-time-code"
          spellCheck={false}
        />
        <TextInput
          label={t('shared.name')}
          name="name"
          required
          minLength={2}
          maxLength={120}
          autoComplete="name"
        />
        <TextInput
          label={t('shared.organisation')}
          name="organisation"
          required
          minLength={2}
          maxLength={160}
          autoComplete="organization"
        />
        <p className={classes.soft}>{t('shared.watched')}</p>
        <Button type="submit" color="amber" size="md" loading={enter.isPending}>
          {t('shared.submit')}
        </Button>
      </form>
    </Outside>
  );
}

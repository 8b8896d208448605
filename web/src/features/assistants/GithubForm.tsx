import { Button, PasswordInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState, type SyntheticEvent } from 'react';
import { attachGithubToken } from '@/api';
import {
  listAssistantToolsQueryKey,
  readGithubTokenQueryKey,
} from '@/api/@tanstack/react-query.gen';
import { textOf } from '@/core/form';
import { explainProblem } from '@/core/http/explain';
import { problemOf } from '@/core/http/problem';
import { useT } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';
import { Trouble } from '@/ui/feedback/Trouble';
import classes from './assistants.module.css';

interface GithubFormProps {
  replaces?: boolean;
  onDone: () => void;
}

/** The token goes from the field to the server and is kept nowhere here: no state, no cache. */
export function GithubForm({ replaces = false, onDone }: GithubFormProps) {
  const t = useT();
  const form = useRef<HTMLFormElement>(null);
  const [missing, setMissing] = useState(false);
  const attach = useAttach(form, onDone);
  const refused = problemOf(attach.error)?.slug === 'github-token-refused';
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const empty = form.current === null || textOf(new FormData(form.current), 'token') === '';
    setMissing(empty);
    if (!empty) attach.mutate();
  };
  const told = refused ? explainProblem(attach.error) : null;
  const wrong = missing ? t('assistants.github.missing') : told && `${told.what} ${told.todo}`;
  return (
    <form ref={form} className={classes.form} onSubmit={submit} noValidate>
      {attach.isError && !refused && <Trouble error={attach.error} />}
      <PasswordInput
        name="token"
        label={t('assistants.github.token')}
        description={t('assistants.github.tokenHint')}
        autoComplete="off"
        spellCheck={false}
        maxLength={512}
        aria-invalid={wrong !== null}
        error={wrong}
      />
      <div className={classes.buttons}>
        <Button
          type="submit"

          loading={attach.isPending}
        >
          {t(replaces ? 'assistants.github.replace' : 'assistants.github.attach')}
        </Button>
        {replaces && (
          <Button variant="default" onClick={onDone}>
            {t('action.cancel')}
          </Button>
        )}
      </div>
    </form>
  );
}

function useAttach(form: React.RefObject<HTMLFormElement | null>, onDone: () => void) {
  const t = useT();
  const queries = useQueryClient();
  return useMutation({
    // Read at the last moment: what a mutation is called with stays in its cache for minutes.
    mutationFn: async () => {
      const token = form.current ? textOf(new FormData(form.current), 'token') : '';
      return (await attachGithubToken({ body: { token }, throwOnError: true })).data;
    },
    onSuccess: (saved) => {
      form.current?.reset();
      queries.setQueryData(readGithubTokenQueryKey(), saved);
      void queries.invalidateQueries({ queryKey: listAssistantToolsQueryKey() });
      toast(t('assistants.github.saved'));
      onDone();
    },
  });
}

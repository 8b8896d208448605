import { Button, Checkbox, Modal, PasswordInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState, type SyntheticEvent } from 'react';
import { replaceTelematicsSecret, type TelematicsFeed } from '@/api';
import { listTelematicsFeedsQueryKey } from '@/api/@tanstack/react-query.gen';
import { textOf } from '@/core/form';
import { explainProblem } from '@/core/http/explain';
import { problemOf } from '@/core/http/problem';
import { useT } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';
import { Trouble } from '@/ui/feedback/Trouble';
import classes from './telematics.module.css';

/** How long what was signed with the secret before is still accepted: deliveries may be on their way. */
const KEEP_HOURS = 24;

interface SecretDialogProps {
  feed: TelematicsFeed;
  onClose: () => void;
}

/** The provider's signing secret goes from the field to the server and is kept nowhere here: no state, no cache. */
export function SecretDialog({ feed, onClose }: SecretDialogProps) {
  const t = useT();
  const form = useRef<HTMLFormElement>(null);
  const [missing, setMissing] = useState(false);
  const [leaked, setLeaked] = useState(false);
  const replace = useReplace(feed, form, leaked ? 0 : KEEP_HOURS, onClose);
  const refused = problemOf(replace.error)?.slug === 'unusable-secret';
  const told = refused ? explainProblem(replace.error) : null;
  const wrong = missing ? t('telematics.secretMissing') : told && `${told.what} ${told.todo}`;
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const empty = form.current === null || textOf(new FormData(form.current), 'secret') === '';
    setMissing(empty);
    if (!empty) replace.mutate();
  };
  const had = feed.secret_since !== null;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('telematics.secretOf', { name: feed.name })}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form ref={form} className={classes.form} onSubmit={submit} noValidate>
        <p>{t(`telematics.where.${feed.provider}`)}</p>
        <PasswordInput
          name="secret"
          label={t('telematics.secret')}
          description={t('telematics.secretHint')}
          autoComplete="off"
          spellCheck={false}
          maxLength={512}
          data-autofocus
          aria-invalid={wrong !== null}
          error={wrong}
        />
        {had && (
          <Checkbox
            label={t('telematics.leaked')}
            description={t('telematics.leakedHint', { hours: KEEP_HOURS })}
            checked={leaked}
            onChange={(event) => setLeaked(event.currentTarget.checked)}
          />
        )}
        {replace.isError && !refused && <Trouble error={replace.error} />}
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" color="amber" loading={replace.isPending}>
            {t(had ? 'telematics.replaceSecret' : 'telematics.enterSecret')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function useReplace(
  feed: TelematicsFeed,
  form: React.RefObject<HTMLFormElement | null>,
  hours: number,
  onDone: () => void,
) {
  const t = useT();
  const queries = useQueryClient();
  return useMutation({
    // Read at the last moment: what a mutation is called with stays in its cache for minutes.
    mutationFn: async () => {
      const secret = form.current ? textOf(new FormData(form.current), 'secret') : '';
      const body = { secret, keep_previous_hours: hours };
      return (
        await replaceTelematicsSecret({ path: { feed_id: feed.id }, body, throwOnError: true })
      ).data;
    },
    onSuccess: async () => {
      form.current?.reset();
      await queries.invalidateQueries({ queryKey: listTelematicsFeedsQueryKey() });
      toast(t('telematics.secretSaved'));
      onDone();
    },
  });
}

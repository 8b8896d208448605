import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import type { ConsentRequest, Scope } from '@/api';
import {
  approveConsentRequestMutation,
  denyConsentRequestMutation,
  listConnectionsQueryKey,
} from '@/api/@tanstack/react-query.gen';
import { useMe } from '@/core/auth/me';
import { endSession } from '@/core/auth/sign-out';
import { problemOf } from '@/core/http/problem';
import { useT } from '@/i18n/react';
import { visible } from '@/features/assistants/definition';
import { Trouble } from '@/ui/feedback/Trouble';
import { Glyph } from '@/ui/status/glyphs';
import { Answered } from './Answered';
import { Asker } from './Asker';
import classes from './connect.module.css';
import { Over } from './ConnectPage';
import { leave } from './leave';
import { Scopes } from './Scopes';

export function Consent({ request }: { request: ConsentRequest }) {
  const t = useT();
  const me = useMe();
  const grantable = request.scopes.filter((entry) => entry.allowed).map((entry) => entry.scope);
  const [chosen, setChosen] = useState<Scope[]>(grantable);
  const [tried, setTried] = useState(false);
  const answer = useAnswer(request.id);
  // A name is what its bearer likes it to be: nothing in it may hide or turn the rest around.
  const client = visible(request.client.name);

  if (answer.given) return <Answered client={client} {...answer.given} />;
  if (problemOf(answer.error)?.status === 410) return <Over />;

  // Staying connected is nothing an assistant could do by itself.
  const lacking = !chosen.some((scope) => scope !== 'offline_access');
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setTried(true);
    if (!lacking) answer.allow(chosen);
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <div className={classes.question}>
        <h1 className={classes.title}>{t('connect.title', { client })}</h1>
        <p>
          {t('connect.who', {
            person: me.name,
            role: t(`role.${me.role}`),
            carrier: me.carrier.name,
          })}
        </p>
        <SomebodyElse />
      </div>
      <Asker request={request} />
      <Scopes scopes={request.scopes} chosen={chosen} onChange={setChosen} role={me.role} />
      <p className={classes.later}>{t('connect.later')}</p>
      <div className={classes.foot}>
        <div role="status">
          {tried && lacking && grantable.length > 0 && (
            <p className={classes.lacking}>
              <Glyph name="overdue" size={16} />
              {t('connect.chooseOne')}
            </p>
          )}
        </div>
        {answer.error !== null && (
          <div className={classes.failed}>
            <Trouble error={answer.error} />
          </div>
        )}
        <div className={classes.answers}>
          <Button
            variant="default"
            size="md"
            loading={answer.denying}
            disabled={answer.allowing}
            onClick={answer.deny}
          >
            {t('connect.deny')}
          </Button>
          {grantable.length > 0 && (
            <Button
              type="submit"
              color="amber"
              size="md"
              loading={answer.allowing}
              disabled={answer.denying}
            >
              {t('connect.allow')}
            </Button>
          )}
        </div>
      </div>
    </form>
  );
}

/** Signing out leads to sign-in, and sign-in back to this request. */
function SomebodyElse() {
  const t = useT();
  const queries = useQueryClient();
  return (
    <button type="button" className={classes.link} onClick={() => void endSession(queries)}>
      {t('connect.other')}
    </button>
  );
}

interface Given {
  allowed: boolean;
  address: string;
}

function useAnswer(id: string) {
  const queries = useQueryClient();
  const [given, setGiven] = useState<Given | null>(null);
  const done = (allowed: boolean) => (answer: { redirect_to: string }) => {
    void queries.invalidateQueries({ queryKey: listConnectionsQueryKey() });
    setGiven({ allowed, address: answer.redirect_to });
    leave(answer.redirect_to);
  };
  const approve = useMutation({ ...approveConsentRequestMutation(), onSuccess: done(true) });
  const deny = useMutation({ ...denyConsentRequestMutation(), onSuccess: done(false) });
  const path = { request_id: id };
  return {
    given,
    error: approve.error ?? deny.error,
    allowing: approve.isPending,
    denying: deny.isPending,
    allow: (scopes: Scope[]) => {
      deny.reset();
      approve.mutate({ path, body: { scopes } });
    },
    deny: () => {
      approve.reset();
      deny.mutate({ path });
    },
  };
}

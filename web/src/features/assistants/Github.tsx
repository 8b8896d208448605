import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { GithubToken } from '@/api';
import { readGithubTokenOptions } from '@/api/@tanstack/react-query.gen';
import { formatInstant } from '@/core/dates';
import { intlTag } from '@/i18n';
import { Rich, useT } from '@/i18n/react';
import { Trouble } from '@/ui/feedback/Trouble';
import { Panel } from '@/ui/layout/Page';
import { Glyph } from '@/ui/status/glyphs';
import { Tag } from '@/ui/status/Tag';
import classes from './assistants.module.css';
import { GithubForm } from './GithubForm';
import { GithubRemove } from './GithubRemove';

const TOKEN_PAGE = 'https://github.com/settings/personal-access-tokens/new';

export function Github() {
  const t = useT();
  const token = useQuery(readGithubTokenOptions());
  return (
    <Panel title={t('assistants.github.title')}>
      <p className={classes.lead}>{t('assistants.github.lead')}</p>
      {token.isPending && <Skeleton height={200} />}
      {token.isError && <Trouble error={token.error} onRetry={() => void token.refetch()} />}
      {token.data && <Token token={token.data} />}
    </Panel>
  );
}

function Token({ token }: { token: GithubToken }) {
  const t = useT();
  const [mode, setMode] = useState<'shown' | 'replace' | 'remove'>('shown');
  const back = () => {
    setMode('shown');
  };
  if (!token.attached) {
    return (
      <div className={classes.form}>
        <GithubForm onDone={back} />
        <Rights />
      </div>
    );
  }
  return (
    <div className={classes.form}>
      <Facts token={token} />
      {mode === 'replace' ? (
        <>
          <GithubForm replaces onDone={back} />
          <Rights />
        </>
      ) : (
        <div className={classes.buttons}>
          <Button
            variant="default"
            onClick={() => {
              setMode('replace');
            }}
          >
            {t('assistants.github.replace')}
          </Button>
          <Button
            variant="default"
            onClick={() => {
              setMode('remove');
            }}
          >
            {t('assistants.github.remove')}
          </Button>
        </div>
      )}
      {mode === 'remove' && <GithubRemove onClose={back} />}
    </div>
  );
}

function Facts({ token }: { token: GithubToken }) {
  const t = useT();
  const checked = token.checked === true;
  return (
    <>
      <dl className={classes.facts}>
        <dt>{t('assistants.github.state')}</dt>
        <dd>
          <Tag
            tone={checked ? 'ok' : 'warn'}
            sign={<Glyph name={checked ? 'valid' : 'expiring'} size={14} />}
          >
            {t(checked ? 'assistants.github.checked' : 'assistants.github.unchecked')}
          </Tag>
        </dd>
        {typeof token.login === 'string' && (
          <>
            <dt>{t('assistants.github.account')}</dt>
            <dd className={classes.strong}>{token.login}</dd>
          </>
        )}
        {typeof token.attached_at === 'string' && (
          <>
            <dt>{t('assistants.github.attached')}</dt>
            <dd>{formatInstant(token.attached_at, intlTag())}</dd>
          </>
        )}
      </dl>
      {!checked && <p>{t('assistants.github.uncheckedText')}</p>}
    </>
  );
}

/** The least a token can do with: what it lacks it can't give away. */
function Rights() {
  const t = useT();
  return (
    <section className={classes.rights}>
      <h3 className={classes.strong}>{t('assistants.github.rights')}</h3>
      <ul className={classes.bullets}>
        <li>
          <Rich
            id="assistants.github.right.kind"
            parts={{
              link: (
                <a href={TOKEN_PAGE} target="_blank" rel="noreferrer" className={classes.anchor}>
                  {t('assistants.github.right.link')}
                </a>
              ),
            }}
          />
        </li>
        <li>{t('assistants.github.right.repositories')}</li>
        <li>{t('assistants.github.right.permissions')}</li>
      </ul>
    </section>
  );
}

import { Button, Skeleton, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { SyntheticEvent } from 'react';
import type { Verified } from '@/api';
import { verifyPacketOptions } from '@/api/@tanstack/react-query.gen';
import { formatInstant } from '@/core/dates';
import { useFormats, useLocale, useT } from '@/i18n/react';
import { Trouble } from '@/ui/feedback/Trouble';
import { formatSize } from '@/ui/files/size';
import { Panel } from '@/ui/layout/Page';
import { Outside } from '@/ui/shell/Outside';
import { Glyph } from '@/ui/status/glyphs';
import { CompareFile } from './CompareFile';
import classes from './packets.module.css';

const route = getRouteApi('/verify/$code');

/** For whoever holds a packet: is it genuine, what does it stand for, and is this file the one? No sign-in. */
export function VerifyPage() {
  const { code } = route.useParams();
  return (
    <Outside page="verify.title" lead="verify.lead">
      <AnotherCode key={code} code={code} />
      <Answer code={code} />
    </Outside>
  );
}

/** Without a code in the address. */
export function VerifyStart() {
  return (
    <Outside page="verify.title" lead="verify.lead">
      <AnotherCode code="" />
    </Outside>
  );
}

function AnotherCode({ code }: { code: string }) {
  const t = useT();
  const navigate = useNavigate();
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const entry = new FormData(event.currentTarget).get('code');
    const wanted = typeof entry === 'string' ? entry.trim() : '';
    if (wanted) void navigate({ to: '/verify/$code', params: { code: wanted } });
  };
  return (
    <form className={classes.ask} onSubmit={submit}>
      <TextInput
        label={t('verify.code')}
        name="code"
        defaultValue={code}
        placeholder={t('verify.example')}
        maxLength={40}
        autoComplete="off"
        spellCheck={false}
        className={classes.askField}
      />
      <Button type="submit" color="amber">
        {t('verify.check')}
      </Button>
    </form>
  );
}

function Answer({ code }: { code: string }) {
  const found = useQuery({ ...verifyPacketOptions({ path: { code } }), retry: false });
  if (found.isPending) return <Skeleton height={240} radius="lg" />;
  if (found.isError) return <Trouble error={found.error} onRetry={() => void found.refetch()} />;
  return (
    <>
      <Standing found={found.data} />
      <CompareFile code={found.data.code} />
      {found.data.files && <Files found={found.data} />}
    </>
  );
}

function Standing({ found }: { found: Verified }) {
  const t = useT();
  const locale = useLocale();
  const { date, number } = useFormats();
  const good = found.state === 'valid';
  const facts: [string, string][] = [
    [t('verify.carrier'), `${found.carrier}, USDOT ${found.usdot}`],
    [t('verify.asOf'), date(found.as_of)],
    [
      t('verify.holds'),
      `${t('verify.driverCount', { count: found.drivers })}, ${t('verify.documentCount', { count: found.documents })}`,
    ],
    [t('verify.built'), formatInstant(found.built_at, locale)],
    [t('verify.manifest'), found.manifest_sha256],
    [t('verify.log'), t('verify.logPlace', { entry: number(found.audit_entries) })],
  ];
  return (
    <section className={classes.standing} data-tone={good ? 'ok' : 'stop'} aria-live="polite">
      <h2 className={classes.standingTitle}>
        <Glyph name={good ? 'valid' : 'blocked'} size={28} />
        {good
          ? t('verify.valid', { code: found.code })
          : t('verify.revoked', {
              code: found.code,
              when: found.revoked_at ? formatInstant(found.revoked_at, locale) : '',
            })}
      </h2>
      {!good && <p>{t('verify.revokedText')}</p>}
      {good && !found.available && <p>{t('verify.goneText')}</p>}
      <dl className={classes.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Files({ found }: { found: Verified }) {
  const t = useT();
  const locale = useLocale();
  return (
    <Panel title={t('verify.files')} flush>
      <ul className={classes.people}>
        {(found.files ?? []).map((file) => (
          <li key={file.name} className={classes.person}>
            <div className={classes.what}>
              <p className={classes.name}>{file.name}</p>
              <p className={classes.hash}>{file.sha256}</p>
            </div>
            <span className={classes.soft}>{formatSize(file.size, locale)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

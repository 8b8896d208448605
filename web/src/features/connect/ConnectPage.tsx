import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { readConsentRequestOptions } from '@/api/@tanstack/react-query.gen';
import { problemOf } from '@/core/http/problem';
import { useT } from '@/i18n/react';
import { Blank } from '@/ui/feedback/Blank';
import { Trouble } from '@/ui/feedback/Trouble';
import { useTitle } from '@/ui/layout/Page';
import { Mark } from '@/ui/shell/Brand';
import { Glyph } from '@/ui/status/glyphs';
import { Consent } from './Consent';
import classes from './connect.module.css';

const route = getRouteApi('/connect');

/** "May this assistant act for me?": the one question of an assistant that wants to connect. */
export function ConnectPage() {
  const t = useT();
  const { request } = route.useSearch();
  useTitle(t('connect.pageTitle'));
  return (
    <div className={classes.page}>
      <header className={classes.brand}>
        <Mark size={24} />
        <span>{t('app.name')}</span>
      </header>
      <main className={classes.card}>
        {request === undefined ? <NobodyAsks /> : <Asked id={request} />}
      </main>
      <footer className={classes.legal}>{t('app.legal')}</footer>
    </div>
  );
}

function Asked({ id }: { id: string }) {
  const asked = useQuery({
    ...readConsentRequestOptions({ path: { request_id: id } }),
    // What is being read must not change under the reader's eyes.
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });
  if (asked.data) return <Consent request={asked.data} />;
  if (asked.isError) {
    const status = problemOf(asked.error)?.status;
    if (status === 410 || status === 404 || status === 422) return <Over />;
    return (
      <div className={classes.inset}>
        <Trouble error={asked.error} onRetry={() => void asked.refetch()} />
      </div>
    );
  }
  return (
    <div className={classes.inset}>
      <Skeleton height={28} width="70%" mb="md" />
      <Skeleton height={96} mb="md" />
      <Skeleton height={280} />
    </div>
  );
}

/** Answered already, run out or never made: the way on starts at the assistant. */
export function Over() {
  const t = useT();
  return (
    <Blank
      heading="h1"
      title={t('connect.over')}
      text={t('connect.overText')}
      icon={<Glyph name="expired" size={40} />}
    >
      <ToAssistants />
    </Blank>
  );
}

function NobodyAsks() {
  const t = useT();
  return (
    <Blank
      heading="h1"
      title={t('connect.none')}
      text={t('connect.noneText')}
      icon={<Glyph name="missing" size={40} />}
    >
      <ToAssistants />
    </Blank>
  );
}

function ToAssistants(): ReactNode {
  const t = useT();
  return (
    <Button variant="default" component={Link} to="/assistants">
      {t('connect.toAssistants')}
    </Button>
  );
}

import { Button } from '@mantine/core';
import { useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { problemOf } from '@/core/http/problem';
import { useT } from '@/i18n/react';
import { Blank } from '../feedback/Blank';
import { Crash } from '../feedback/Crash';
import { Glyph } from '../status/glyphs';
import classes from './shell.module.css';

/** Shown in place of the whole shell when the server gave no answer: not a sign-out, so nobody has to sign in again. */
export function Unreachable(props: ErrorComponentProps) {
  const t = useT();
  const router = useRouter();
  if (problemOf(props.error)?.status !== 0) return <Crash {...props} />;
  return (
    <main className={classes.alone}>
      <Blank
        heading="h1"
        title={t('unreachable.title')}
        text={t('unreachable.text')}
        icon={<Glyph name="overdue" size={40} />}
      >
        <Button
          color="amber"
          onClick={() => {
            props.reset();
            void router.invalidate();
          }}
        >
          {t('action.retry')}
        </Button>
      </Blank>
    </main>
  );
}

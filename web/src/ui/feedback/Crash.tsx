import { Button } from '@mantine/core';
import { useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { problemOf } from '@/core/http/problem';
import { useT } from '@/i18n/react';
import { Glyph } from '../status/glyphs';
import { Blank } from './Blank';
import classes from './feedback.module.css';
import { NotFound } from './NotFound';
import { Trouble } from './Trouble';

/** The error boundary of every route: a page that can't be shown still leaves the way out. */
export function Crash({ error, reset }: ErrorComponentProps) {
  const t = useT();
  const router = useRouter();
  const problem = problemOf(error);
  if (problem?.status === 404) return <NotFound />;
  const again = () => {
    reset();
    void router.invalidate();
  };
  if (problem) {
    return <Trouble error={error} onRetry={again} />;
  }
  return (
    <div className={classes.fullPage} role="alert">
      <Blank
        heading="h1"
        title={t('crash.title')}
        text={t('crash.text')}
        icon={<Glyph name="overdue" size={40} />}
      >
        <Button
          color="amber"
          onClick={() => {
            window.location.reload();
          }}
        >
          {t('crash.reload')}
        </Button>
      </Blank>
    </div>
  );
}

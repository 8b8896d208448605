import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useT } from '@/i18n/react';
import { useTitle } from '../layout/Page';
import { Glyph } from '../status/glyphs';
import { Blank } from './Blank';
import classes from './feedback.module.css';

export function NotFound() {
  const t = useT();
  useTitle(t('notFound.title'));
  return (
    <div className={classes.fullPage}>
      <Blank
        heading="h1"
        title={t('notFound.title')}
        text={t('notFound.text')}
        icon={<Glyph name="missing" size={40} />}
      >
        <Button color="amber" component={Link} to="/">
          {t('notFound.home')}
        </Button>
      </Blank>
    </div>
  );
}

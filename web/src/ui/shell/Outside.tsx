import { SegmentedControl } from '@mantine/core';
import type { ReactNode } from 'react';
import { LOCALES, setLocale, toLocale, type MessageKey } from '@/i18n';
import { useLocale, useT } from '@/i18n/react';
import { useTitle } from '@/ui/layout/Page';
import { Mark } from './Brand';
import classes from './outside.module.css';

const NAMES = { en: 'English', es: 'Español' } as const;

interface OutsideProps {
  /** The page's name: its heading and the browser's title. */
  page: MessageKey;
  lead?: MessageKey;
  /** At the right of the band: who is here, and the way out. */
  aside?: ReactNode;
  children: ReactNode;
}

/** The frame of pages for people without an account: the name, a heading, nothing that leads further in. */
export function Outside({ page, lead, aside, children }: OutsideProps) {
  const t = useT();
  const locale = useLocale();
  useTitle(t(page));
  return (
    <div className={classes.page}>
      <header className={classes.band}>
        <Mark size={28} />
        <span className={classes.brand}>{t('app.name')}</span>
        <div className={classes.aside}>{aside}</div>
      </header>
      <main className={classes.main}>
        <div>
          <h1 className={classes.title}>{t(page)}</h1>
          {lead !== undefined && <p className={classes.lead}>{t(lead)}</p>}
        </div>
        {children}
      </main>
      <footer className={classes.foot}>
        <p>{t('app.legal')}</p>
        <SegmentedControl
          aria-label={t('signIn.language')}
          value={locale}
          onChange={(value) => void setLocale(toLocale(value) ?? 'en')}
          data={LOCALES.map((value) => ({ value, label: NAMES[value] }))}
        />
      </footer>
    </div>
  );
}

import { Button } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCopy } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import type { ShareOpened } from '@/api';
import { useT } from '@/i18n/react';
import { Panel } from '@/ui/layout/Page';
import classes from './shares.module.css';

interface OpenedProps {
  share: ShareOpened;
  onDone: () => void;
}

/** Link and code of a new share: shown once, and never again. */
export function Opened({ share, onDone }: OpenedProps) {
  const t = useT();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  return (
    <div ref={box} tabIndex={-1} className={classes.opened}>
      <Panel title={t('shares.opened.title', { title: share.title })}>
        <div className={classes.form}>
          <p>{t(share.mailed ? 'shares.opened.mailed' : 'shares.opened.once')}</p>
          <Secret label={t('shares.opened.link')} value={share.link} />
          <Secret label={t('shares.opened.code')} value={share.code} />
          <p className={classes.soft}>{t('shares.opened.apart')}</p>
          <div className={classes.actions}>
            <Button color="amber" onClick={onDone}>
              {t('shares.opened.done')}
            </Button>
          </div>
        </div>
      </Panel>
    </div>
  );
}

export function Secret({ label, value }: { label: string; value: string }) {
  const t = useT();
  const clipboard = useClipboard();
  return (
    <div>
      <p className={classes.label}>{label}</p>
      <div className={classes.secret}>
        <code>{value}</code>
        <Button
          variant="default"
          leftSection={<IconCopy size={18} stroke={1.7} aria-hidden />}
          aria-label={t(clipboard.copied ? 'packets.copied' : 'shares.copyWhat', { what: label })}
          onClick={() => clipboard.copy(value)}
        >
          {t(clipboard.copied ? 'packets.copied' : 'shares.copy')}
        </Button>
      </div>
    </div>
  );
}

import { Button } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import type { TelematicsFeed } from '@/api';
import { formatInstant } from '@/core/dates';
import { useLocale, useT } from '@/i18n/react';
import { Glyph } from '@/ui/status/glyphs';
import { Tag } from '@/ui/status/Tag';
import { EndFeed } from './EndFeed';
import { SecretDialog } from './SecretDialog';
import classes from './telematics.module.css';

/** One account: where its provider sends, whether what comes can be checked, and what can be done with it. */
export function FeedItem({ feed }: { feed: TelematicsFeed }) {
  const t = useT();
  const locale = useLocale();
  const [dialog, setDialog] = useState<'secret' | 'end' | null>(null);
  const close = () => setDialog(null);
  const { secret_since: since, previous_secret_until: until } = feed;
  return (
    <li className={classes.item}>
      <div className={classes.head}>
        <div className={classes.what}>
          <p className={classes.name}>{feed.name}</p>
          <p className={classes.soft}>{t(`telematics.provider.${feed.provider}`)}</p>
        </div>
        <Tag
          tone={since === null ? 'warn' : 'ok'}
          sign={<Glyph name={since === null ? 'expiring' : 'valid'} size={14} />}
        >
          {t(since === null ? 'telematics.state.closed' : 'telematics.state.open')}
        </Tag>
      </div>
      <Address url={feed.webhook_url} name={feed.name} />
      <p className={classes.soft}>
        {since === null
          ? t('telematics.noSecret')
          : t('telematics.secretSince', { at: formatInstant(since, locale) })}
        {until !== null && ` ${t('telematics.oldUntil', { at: formatInstant(until, locale) })}`}
      </p>
      <div className={classes.buttons}>
        <Button variant="default" onClick={() => setDialog('secret')}>
          {t(since === null ? 'telematics.enterSecret' : 'telematics.replaceSecret')}
        </Button>
        <Button variant="default" onClick={() => setDialog('end')}>
          {t('telematics.end')}
        </Button>
      </div>
      {dialog === 'secret' && <SecretDialog feed={feed} onClose={close} />}
      {dialog === 'end' && <EndFeed feed={feed} onClose={close} />}
    </li>
  );
}

function Address({ url, name }: { url: string; name: string }) {
  const t = useT();
  const clipboard = useClipboard();
  const Icon = clipboard.copied ? IconCheck : IconCopy;
  return (
    <div className={classes.address}>
      <code>{url}</code>
      <Button
        variant="default"
        leftSection={<Icon size={18} stroke={1.7} aria-hidden />}
        aria-label={t(clipboard.copied ? 'telematics.copied' : 'telematics.copyOf', { name })}
        onClick={() => clipboard.copy(url)}
      >
        {t(clipboard.copied ? 'telematics.copied' : 'telematics.copy')}
      </Button>
    </div>
  );
}

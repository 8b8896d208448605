import { Button } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useT } from '@/i18n/react';
import { Blank } from '@/ui/feedback/Blank';
import { Glyph } from '@/ui/status/glyphs';
import classes from './connect.module.css';
import { leave, maySend } from './leave';

interface AnsweredProps {
  client: string;
  allowed: boolean;
  address: string;
}

/** What stays on the screen while the browser goes, and for good when an application took the answer. */
export function Answered({ client, allowed, address }: AnsweredProps) {
  const t = useT();
  const box = useRef<HTMLDivElement>(null);
  // The question is gone with its focus: screen readers hear what took its place.
  useEffect(() => box.current?.focus(), []);
  const safe = maySend(address);
  return (
    <div ref={box} tabIndex={-1} className={classes.answered}>
      {safe ? (
        <Blank
          heading="h1"
          title={t(allowed ? 'connect.allowed' : 'connect.denied', { client })}
          text={t('connect.goesBack')}
          icon={
            <span className={allowed ? classes.allowed : undefined}>
              <Glyph name={allowed ? 'valid' : 'not_applicable'} size={40} />
            </span>
          }
        >
          <Button
            variant="default"
            onClick={() => {
              leave(address);
            }}
          >
            {t('connect.goBack', { client })}
          </Button>
        </Blank>
      ) : (
        <Blank
          heading="h1"
          title={t('connect.badAddress')}
          text={t('connect.badAddressText')}
          icon={<Glyph name="blocked" size={40} />}
        />
      )}
    </div>
  );
}

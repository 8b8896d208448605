import { Button } from '@mantine/core';
import { IconWritingSign } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import type { ToSign } from '@/api';
import { listMyAcknowledgementsOptions } from '@/api/@tanstack/react-query.gen';
import { useOutbox } from '@/core/offline/use-outbox';
import { useT } from '@/i18n/react';
import { Panel } from '@/ui/layout/Page';
import classes from './acknowledgements.module.css';
import { signPath } from './paths';

const SignSheet = lazy(() => import('./SignSheet'));

/** What a driver has to sign, and has not: what waits on this phone to be sent is signed. */
export function ToSignPanel() {
  const t = useT();
  const forms = useQuery(listMyAcknowledgementsOptions());
  const { items } = useOutbox();
  const [open, setOpen] = useState<ToSign | null>(null);
  const waiting = new Set(items.filter((item) => item.refusal === null).map((item) => item.path));
  const wanted = (forms.data?.items ?? []).filter((form) => !waiting.has(signPath(form.form_id)));
  if (wanted.length === 0) return null;
  return (
    <Panel flush title={t('ack.toSign')}>
      <ul>
        {wanted.map((form) => (
          <li key={form.form_id} className={classes.item}>
            <p className={classes.title}>{form.title}</p>
            <Button
              color="amber"
              leftSection={<IconWritingSign size={20} stroke={1.7} aria-hidden />}
              onClick={() => setOpen(form)}
            >
              {t('ack.read')}
            </Button>
          </li>
        ))}
      </ul>
      <Suspense fallback={null}>
        {open && <SignSheet form={open} onClose={() => setOpen(null)} />}
      </Suspense>
    </Panel>
  );
}

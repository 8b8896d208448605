import { Anchor, Modal, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconFileText, IconPhoto } from '@tabler/icons-react';
import { useState } from 'react';
import type { Document, Evidence } from '@/api';
import { apiUrl } from '@/core/http/api-origin';
import { useFormats, useT } from '@/i18n/react';
import classes from './shared.module.css';

const address = (document: Document): string => apiUrl(`/api/v1/shared/documents/${document.id}`);

/** A record and its document; what opens carries the reader's name. */
export function SharedDocument({ evidence }: { evidence: Evidence }) {
  const t = useT();
  const { date } = useFormats();
  const { document } = evidence;
  return (
    <li className={classes.document}>
      {document === null ? (
        <IconFileText size={20} stroke={1.5} aria-hidden />
      ) : document.media_type.startsWith('image/') ? (
        <Photo document={document} />
      ) : (
        <a
          className={classes.open}
          href={address(document)}
          target="_blank"
          rel="noreferrer"
          aria-label={t('evidence.view', { file: document.file_name })}
        >
          <IconFileText size={20} stroke={1.5} aria-hidden /> {t('evidence.viewShort')}
        </a>
      )}
      <span>
        {t('shared.record', { date: date(evidence.obtained_on) })}
        {document !== null && (
          <span className={classes.soft}>
            {' '}
            {t('shared.document', {
              file: document.file_name,
              hash: document.sha256.slice(0, 16),
            })}
          </span>
        )}
        {evidence.review === 'pending' && (
          <span className={classes.soft}> • {t('shared.pending')}</span>
        )}
      </span>
    </li>
  );
}

function Photo({ document }: { document: Document }) {
  const t = useT();
  const [opened, viewer] = useDisclosure(false);
  const [broken, setBroken] = useState(false);
  return (
    <>
      <UnstyledButton
        className={classes.open}
        aria-label={t('evidence.view', { file: document.file_name })}
        onClick={viewer.open}
      >
        <IconPhoto size={20} stroke={1.5} aria-hidden /> {t('evidence.viewShort')}
      </UnstyledButton>
      <Modal
        opened={opened}
        onClose={viewer.close}
        size="xl"
        title={document.file_name}
        closeButtonProps={{ 'aria-label': t('action.close') }}
      >
        {broken ? (
          <p role="alert">{t('evidence.linkFailed')}</p>
        ) : (
          <>
            <img
              className={classes.viewed}
              src={address(document)}
              alt={document.file_name}
              onError={() => setBroken(true)}
            />
            <Anchor
              inherit
              underline="always"
              href={address(document)}
              target="_blank"
              rel="noreferrer"
            >
              {t('evidence.openTab')}
            </Anchor>
          </>
        )}
      </Modal>
    </>
  );
}

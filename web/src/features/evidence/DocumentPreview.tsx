import { Anchor, Modal, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconFileTypePdf, IconFileUnknown, IconPhoto, IconTable } from '@tabler/icons-react';
import { useState } from 'react';
import type { Document } from '@/api';
import { useT } from '@/i18n/react';
import { isImage, showsInline, useDocumentLink } from './documents';
import classes from './evidence.module.css';

const icon = { size: 26, stroke: 1.5, 'aria-hidden': true } as const;

/** A small picture of the document that opens it: photos here, everything else in a new tab. */
export function DocumentPreview({ document }: { document: Document | null }) {
  if (document === null) {
    return (
      <span className={classes.thumb} data-kind="none">
        <IconTable {...icon} />
      </span>
    );
  }
  if (document.state !== 'clean') return <Held state={document.state} />;
  return showsInline(document) ? <Photo document={document} /> : <Link document={document} />;
}

/** Not checked yet, or refused by the check. */
function Held({ state }: { state: 'quarantined' | 'rejected' }) {
  const t = useT();
  const words = t(state === 'quarantined' ? 'evidence.quarantined' : 'evidence.refused');
  return (
    <span className={classes.thumb} data-kind="none" title={words} role="img" aria-label={words}>
      <IconFileUnknown {...icon} />
    </span>
  );
}

function Link({ document }: { document: Document }) {
  const t = useT();
  const { data: url } = useDocumentLink(document);
  const Icon = isImage(document) ? IconPhoto : IconFileTypePdf;
  return (
    <a
      className={classes.thumb}
      href={url}
      target="_blank"
      rel="noreferrer"
      aria-label={t('evidence.view', { file: document.file_name })}
      aria-disabled={url === undefined}
    >
      <Icon {...icon} />
      <span>{t('evidence.viewShort')}</span>
    </a>
  );
}

function Photo({ document }: { document: Document }) {
  const t = useT();
  const [opened, viewer] = useDisclosure(false);
  const { data: url, isError } = useDocumentLink(document);
  const [broken, setBroken] = useState(false);
  const name = document.file_name;
  return (
    <>
      <UnstyledButton
        className={classes.thumb}
        aria-label={t('evidence.view', { file: name })}
        onClick={viewer.open}
      >
        {url !== undefined && !broken ? (
          <img src={url} alt="" loading="lazy" onError={() => setBroken(true)} />
        ) : (
          <IconPhoto {...icon} />
        )}
      </UnstyledButton>
      <Modal
        opened={opened}
        onClose={viewer.close}
        size="xl"
        title={name}
        closeButtonProps={{ 'aria-label': t('action.close') }}
      >
        {url === undefined || broken || isError ? (
          <p role="alert">{t('evidence.linkFailed')}</p>
        ) : (
          <>
            <img className={classes.viewed} src={url} alt={name} onError={() => setBroken(true)} />
            <p className={classes.viewLink}>
              <Anchor inherit underline="always" href={url} target="_blank" rel="noreferrer">
                {t('evidence.openTab')}
              </Anchor>
            </p>
          </>
        )}
      </Modal>
    </>
  );
}

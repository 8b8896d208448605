import { Anchor, Modal, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconFileTypePdf, IconFileUnknown, IconPhoto, IconTable } from '@tabler/icons-react';
import { useState } from 'react';
import type { Document } from '@/api';
import { useFormats, useT } from '@/i18n/react';
import { isImage, showsInline, useDocumentLink } from './documents';
import { usePicture } from './picture';
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
  if (document.purged_at) return <Gone at={document.purged_at} />;
  if (document.state !== 'clean') return <Held document={document} />;
  return showsInline(document) ? <Photo document={document} /> : <Link document={document} />;
}

/** Its time to be kept was over, and somebody has removed it. */
function Gone({ at }: { at: string }) {
  const t = useT();
  const { date } = useFormats();
  const words = t('evidence.purged', { date: date(at.slice(0, 10)) });
  return (
    <span className={classes.thumb} data-kind="none" title={words} role="img" aria-label={words}>
      <IconFileUnknown {...icon} />
    </span>
  );
}

/** Not checked yet, or refused by the check. */
function Held({ document }: { document: Document }) {
  const t = useT();
  const words =
    document.state === 'quarantined'
      ? t('evidence.quarantined')
      : document.rejected_because
        ? t('evidence.refusedBecause', {
            reason: t(`evidence.refusal.${document.rejected_code ?? 'other'}`),
          })
        : t('evidence.refused');
  return (
    <span className={classes.thumb} data-kind="none" title={words} role="img" aria-label={words}>
      <IconFileUnknown {...icon} />
    </span>
  );
}

function Link({ document }: { document: Document }) {
  const t = useT();
  const { data: url } = useDocumentLink(document);
  const thumb = usePicture({ document: document.id }, 'thumb', Boolean(document.preview_pages));
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
      {thumb.url === undefined ? (
        <>
          <Icon {...icon} />
          <span>{t('evidence.viewShort')}</span>
        </>
      ) : (
        <img src={thumb.url} alt="" />
      )}
    </a>
  );
}

function Photo({ document }: { document: Document }) {
  const t = useT();
  const [opened, viewer] = useDisclosure(false);
  const { data: url, isError } = useDocumentLink(document);
  const thumb = usePicture({ document: document.id }, 'thumb', Boolean(document.preview_pages));
  const [broken, setBroken] = useState(false);
  const name = document.file_name;
  return (
    <>
      <UnstyledButton
        className={classes.thumb}
        aria-label={t('evidence.view', { file: name })}
        onClick={viewer.open}
      >
        {thumb.url !== undefined || (url !== undefined && !broken) ? (
          <img src={thumb.url ?? url} alt="" loading="lazy" onError={() => setBroken(true)} />
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

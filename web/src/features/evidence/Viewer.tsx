import { Button, Skeleton } from '@mantine/core';
import { IconExternalLink, IconFileUnknown } from '@tabler/icons-react';
import { useState } from 'react';
import type { Document } from '@/api';
import { useT } from '@/i18n/react';
import { useDocumentLink } from './documents';
import { usePicture, type Pictured } from './picture';
import classes from './viewer.module.css';

interface ViewerProps {
  of: Pictured;
  fileName: string;
  /** Pages that can be looked at; null while none were made yet. */
  pages: number | null | undefined;
  /** What opens the file itself. */
  document?: Document | undefined;
}

/** A document's pages beside a form: one large picture, the others a click away. */
export function Viewer({ of, fileName, pages, document }: ViewerProps) {
  const t = useT();
  const [page, setPage] = useState(1);
  const shown = Math.min(page, Math.max(pages ?? 1, 1));
  const { url, failed } = usePicture(of, String(shown), Boolean(pages));
  return (
    <figure className={classes.viewer}>
      {/* A page taller than the stage is scrolled, by keyboard too. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className={classes.stage} role="region" aria-label={fileName} tabIndex={0}>
        {pages === null || pages === undefined ? (
          <p className={classes.none} role="status">
            {t('evidence.previewSoon')}
          </p>
        ) : pages === 0 || failed ? (
          <p className={classes.none}>
            <IconFileUnknown size={40} stroke={1.3} aria-hidden />
            {t('evidence.previewNone')}
          </p>
        ) : url === undefined ? (
          <Skeleton height="100%" />
        ) : (
          <img
            className={classes.page}
            src={url}
            alt={t('evidence.previewOf', { file: fileName })}
          />
        )}
      </div>
      <figcaption className={classes.caption}>
        <span className={classes.name}>{fileName}</span>
        {pages !== null && pages !== undefined && pages > 1 && (
          <span className={classes.pages}>
            {Array.from({ length: pages }, (_, index) => (
              <Button
                key={index}
                size="compact-sm"
                variant={shown === index + 1 ? 'filled' : 'default'}
                aria-label={t('evidence.previewPage', { page: index + 1 })}
                aria-pressed={shown === index + 1}
                onClick={() => setPage(index + 1)}
              >
                {index + 1}
              </Button>
            ))}
          </span>
        )}
        {document !== undefined && document.state === 'clean' && <Whole document={document} />}
      </figcaption>
    </figure>
  );
}

function Whole({ document }: { document: Document }) {
  const t = useT();
  const { data: url } = useDocumentLink(document);
  return (
    <Button
      component="a"
      size="compact-sm"
      variant="subtle"
      href={url}
      target="_blank"
      rel="noreferrer"
      rightSection={<IconExternalLink size={16} stroke={1.7} aria-hidden />}
    >
      {t('evidence.openTab')}
    </Button>
  );
}

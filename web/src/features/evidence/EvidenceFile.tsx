import { CloseButton } from '@mantine/core';
import { IconFileTypePdf, IconMovie, IconPhoto } from '@tabler/icons-react';
import { useEffect, useMemo, useState } from 'react';
import { useLocale, useT } from '@/i18n/react';
import { FileDrop } from '@/ui/files/FileDrop';
import { formatSize } from '@/ui/files/size';
import { ACCEPTED_OR_FILM } from './form';
import classes from './evidence.module.css';

interface EvidenceFileProps {
  file: File | null;
  error: string | undefined;
  /** A driver with a phone in the hand: the camera comes first. */
  cameraFirst: boolean;
  onChange: (file: File | null) => void;
}

/** The document behind the evidence: chosen, dropped or photographed, and shown before it is sent. */
export function EvidenceFile({ file, error, cameraFirst, onChange }: EvidenceFileProps) {
  const t = useT();
  return (
    <div className={classes.fileField} role="group" aria-label={t('evidence.record.file')}>
      <p className={classes.fileLabel}>{t('evidence.record.file')}</p>
      {file === null ? (
        <FileDrop
          label={t('evidence.record.drop')}
          hint={t('evidence.record.kinds')}
          accept={ACCEPTED_OR_FILM}
          camera={t('evidence.record.camera')}
          cameraFirst={cameraFirst}
          onFile={onChange}
        />
      ) : (
        <Chosen file={file} error={error} onRemove={() => onChange(null)} />
      )}
    </div>
  );
}

interface ChosenProps {
  file: File;
  error: string | undefined;
  onRemove: () => void;
}

function Chosen({ file, error, onRemove }: ChosenProps) {
  const t = useT();
  const locale = useLocale();
  return (
    <>
      <div className={classes.chosen} data-wrong={error !== undefined}>
        <LocalPreview file={file} />
        <div>
          <p className={classes.fileName}>{file.name}</p>
          <p className={classes.source}>{formatSize(file.size, locale)}</p>
        </div>
        <CloseButton
          size="lg"
          aria-label={t('evidence.record.remove', { file: file.name })}
          onClick={onRemove}
        />
      </div>
      {error !== undefined && (
        <p className={classes.fileError} role="alert">
          {error}
        </p>
      )}
    </>
  );
}

/** The photo itself; browsers that can't decode it (HEIC) show a sign instead. */
function LocalPreview({ file }: { file: File }) {
  const t = useT();
  const [broken, setBroken] = useState(false);
  const image = file.type.startsWith('image/');
  const url = useMemo(() => (image ? URL.createObjectURL(file) : null), [file, image]);
  useEffect(
    () => () => {
      if (url !== null) URL.revokeObjectURL(url);
    },
    [url],
  );
  if (url !== null && !broken) {
    return (
      <img
        className={classes.localPreview}
        src={url}
        alt={t('evidence.record.preview', { file: file.name })}
        onError={() => setBroken(true)}
      />
    );
  }
  const other = file.type.startsWith('video/') ? IconMovie : IconFileTypePdf;
  const Icon = image ? IconPhoto : other;
  return (
    <span className={classes.localPreview}>
      <Icon size={28} stroke={1.5} aria-hidden />
    </span>
  );
}

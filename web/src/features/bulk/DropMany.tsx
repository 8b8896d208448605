import { IconFiles } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { ACCEPTED } from '@/features/evidence/form';
import { useT } from '@/i18n/react';
import classes from './bulk.module.css';

interface DropManyProps {
  small: boolean;
  onFiles: (files: File[]) => void;
}

/** Takes any number of scans: dropped, or chosen. */
export function DropMany({ small, onFiles }: DropManyProps) {
  const t = useT();
  const id = useId();
  const [over, setOver] = useState(false);
  return (
    <div className={classes.drop} data-over={over} data-small={small}>
      <label htmlFor={id} className={classes.dropLabel}>
        <IconFiles size={small ? 20 : 36} stroke={1.5} aria-hidden />
        <span>{t(small ? 'bulk.dropMore' : 'bulk.drop')}</span>
        {!small && <span className={classes.meta}>{t('bulk.dropHint')}</span>}
      </label>
      <input
        id={id}
        type="file"
        multiple
        accept={ACCEPTED}
        className={classes.cover}
        onChange={({ currentTarget }) => {
          const files = Array.from(currentTarget.files ?? []);
          currentTarget.value = '';
          if (files.length > 0) onFiles(files);
        }}
        onDragEnter={() => setOver(true)}
        onDragLeave={() => setOver(false)}
        onDrop={() => setOver(false)}
      />
    </div>
  );
}

import { IconCamera, IconUpload } from '@tabler/icons-react';
import { useId, useState, type ChangeEvent, type ReactNode } from 'react';
import classes from './files.module.css';

interface FileDropProps {
  /** What to do: "Drop the roster here, or choose it". */
  label: string;
  /** Kinds and size that are taken. */
  hint: string;
  /** As in the `accept` attribute of a file input. */
  accept: string;
  /** Words of the button that opens the camera; shown on devices held in the hand. */
  camera?: string | undefined;
  /** The camera is what people here reach for first. */
  cameraFirst?: boolean;
  error?: ReactNode;
  disabled?: boolean;
  size?: 'field' | 'page';
  onFile: (file: File) => void;
}

/** Takes one file: by drag and drop, from the file dialog, or from the camera. */
export function FileDrop(props: FileDropProps) {
  const {
    label,
    hint,
    accept,
    camera,
    cameraFirst = false,
    error,
    disabled = false,
    size = 'field',
    onFile,
  } = props;
  const [over, setOver] = useState(false);
  const id = useId();

  const take = (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.currentTarget.files?.[0];
    // The same file may be chosen again after it was put right.
    event.currentTarget.value = '';
    if (file) onFile(file);
  };

  return (
    <div className={classes.field}>
      <div className={classes.drop} data-over={over} data-size={size} data-disabled={disabled}>
        <label className={classes.choose} htmlFor={id}>
          <IconUpload size={size === 'page' ? 32 : 22} stroke={1.7} aria-hidden />
          <span className={classes.label}>{label}</span>
          <span className={classes.hint} id={`${id}-hint`}>
            {hint}
          </span>
        </label>
        {/* Lies over the whole frame: a file input takes what is dropped on it by itself. */}
        <input
          id={id}
          type="file"
          accept={accept}
          className={classes.cover}
          disabled={disabled}
          onChange={take}
          onDragEnter={() => setOver(true)}
          onDragLeave={() => setOver(false)}
          onDrop={() => setOver(false)}
          aria-describedby={`${id}-hint ${id}-error`}
          aria-invalid={error !== undefined}
        />
      </div>
      {camera !== undefined && (
        <label className={classes.camera} data-first={cameraFirst}>
          <input
            type="file"
            accept="image/*"
            capture="environment"
            className={classes.input}
            disabled={disabled}
            onChange={take}
          />
          <IconCamera size={22} stroke={1.7} aria-hidden />
          {camera}
        </label>
      )}
      <p id={`${id}-error`} className={classes.error} role="alert">
        {error}
      </p>
    </div>
  );
}

import { UnstyledButton } from '@mantine/core';
import { IconCamera } from '@tabler/icons-react';
import { lazy, Suspense, useRef, useState } from 'react';
import { useT } from '@/i18n/react';
import classes from './driver-home.module.css';

const CameraView = lazy(() => import('./camera/CameraView'));

/** Opens the camera with its outline; where there is none, the phone's own way to a photo or a file. */
export function CameraButton({ onPhoto }: { onPhoto: (photo: File) => void }) {
  const t = useT();
  const input = useRef<HTMLInputElement>(null);
  const [open, setOpen] = useState(false);
  return (
    <>
      <UnstyledButton className={classes.camera} onClick={() => setOpen(true)}>
        <IconCamera size={36} stroke={1.6} aria-hidden />
        <span>
          <span className={classes.cameraTitle}>{t('driverHome.camera')}</span>
          <span className={classes.cameraHint}>{t('driverHome.cameraHint')}</span>
        </span>
      </UnstyledButton>
      <Suspense fallback={null}>
        {open && (
          <CameraView
            onClose={() => setOpen(false)}
            onFile={() => {
              setOpen(false);
              input.current?.click();
            }}
            onPhoto={(photo) => {
              setOpen(false);
              onPhoto(photo);
            }}
          />
        )}
      </Suspense>
      <input
        ref={input}
        type="file"
        accept="image/*,application/pdf"
        hidden
        onChange={({ currentTarget }) => {
          const [photo] = currentTarget.files ?? [];
          if (photo) onPhoto(photo);
          // The same picture may be taken again after a mistake.
          currentTarget.value = '';
        }}
      />
    </>
  );
}

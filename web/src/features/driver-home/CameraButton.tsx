import { UnstyledButton } from '@mantine/core';
import { IconCamera } from '@tabler/icons-react';
import { useRef } from 'react';
import { useT } from '@/i18n/react';
import classes from './driver-home.module.css';

/** Opens the phone's camera (or a file chooser), then hands over the picture. */
export function CameraButton({ onPhoto }: { onPhoto: (photo: File) => void }) {
  const t = useT();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <UnstyledButton className={classes.camera} onClick={() => input.current?.click()}>
        <IconCamera size={36} stroke={1.6} aria-hidden />
        <span>
          <span className={classes.cameraTitle}>{t('driverHome.camera')}</span>
          <span className={classes.cameraHint}>{t('driverHome.cameraHint')}</span>
        </span>
      </UnstyledButton>
      <input
        ref={input}
        type="file"
        accept="image/*"
        capture="environment"
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

import { UnstyledButton } from '@mantine/core';
import { IconCamera } from '@tabler/icons-react';
import { useT } from '@/i18n/react';
import classes from './driver-home.module.css';

/** The one big button of a driver's first screen. */
export function CameraButton({ onClick }: { onClick: () => void }) {
  const t = useT();
  return (
    <UnstyledButton className={classes.camera} onClick={onClick}>
      <IconCamera size={36} stroke={1.6} aria-hidden />
      <span>
        <span className={classes.cameraTitle}>{t('driverHome.camera')}</span>
        <span className={classes.cameraHint}>{t('driverHome.cameraHint')}</span>
      </span>
    </UnstyledButton>
  );
}

import { useNetwork } from '@mantine/hooks';
import { IconWifiOff } from '@tabler/icons-react';
import { useT } from '@/i18n/react';
import classes from './shell.module.css';

export function OfflineBanner() {
  const t = useT();
  const { online } = useNetwork();
  return (
    <div role="status" className={online ? undefined : classes.offline}>
      {!online && (
        <>
          <IconWifiOff size={18} stroke={1.7} aria-hidden />
          {t('app.offline')}
        </>
      )}
    </div>
  );
}

import '@mantine/notifications/styles.layer.css';
import { notifications, Notifications } from '@mantine/notifications';
import { useEffect } from 'react';
import { useT } from '@/i18n/react';
import { Glyph } from '../status/glyphs';
import classes from './feedback.module.css';
import type { Toast } from './toast';

export default function Toaster({ toast }: { toast: Toast }) {
  const t = useT();
  const label = t('action.close');
  useEffect(() => {
    notifications.show({
      id: String(toast.id),
      message: toast.message,
      icon: <Glyph name="valid" size={20} />,
      color: 'transparent',
      className: classes.toast,
      closeButtonProps: { 'aria-label': label },
      autoClose: 5000,
    });
  }, [toast, label]);
  return <Notifications position="bottom-center" limit={3} />;
}

import { useT } from '@/i18n/react';
import { Page, Panel } from '@/ui/layout/Page';

export default function DriverHome() {
  const t = useT();
  return (
    <Page title={t('nav.home')}>
      <Panel>{t('app.loading')}</Panel>
    </Page>
  );
}

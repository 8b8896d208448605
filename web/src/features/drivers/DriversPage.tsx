import { useT } from '@/i18n/react';
import { Page, Panel } from '@/ui/layout/Page';

export function DriversPage() {
  const t = useT();
  return (
    <Page title={t('nav.drivers')}>
      <Panel>{t('app.loading')}</Panel>
    </Page>
  );
}

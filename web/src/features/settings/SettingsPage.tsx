import { useT } from '@/i18n/react';
import { Page, Panel } from '@/ui/layout/Page';

export function SettingsPage() {
  const t = useT();
  return (
    <Page title={t('nav.settings')}>
      <Panel>{t('app.loading')}</Panel>
    </Page>
  );
}

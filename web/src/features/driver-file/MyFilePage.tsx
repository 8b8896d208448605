import { useT } from '@/i18n/react';
import { Page, Panel } from '@/ui/layout/Page';

export function MyFilePage() {
  const t = useT();
  return (
    <Page title={t('nav.myFile')}>
      <Panel>{t('app.loading')}</Panel>
    </Page>
  );
}

import { useT } from '@/i18n/react';
import { Page, Panel } from '@/ui/layout/Page';

export function ImportsPage() {
  const t = useT();
  return (
    <Page title={t('nav.imports')}>
      <Panel>{t('app.loading')}</Panel>
    </Page>
  );
}

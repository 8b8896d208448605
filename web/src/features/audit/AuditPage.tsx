import { useT } from '@/i18n/react';
import { Page, Panel } from '@/ui/layout/Page';

export function AuditPage() {
  const t = useT();
  return (
    <Page title={t('nav.audit')}>
      <Panel>{t('app.loading')}</Panel>
    </Page>
  );
}

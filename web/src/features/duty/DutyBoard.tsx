import { useT } from '@/i18n/react';
import { Page, Panel } from '@/ui/layout/Page';

export default function DutyBoard() {
  const t = useT();
  return (
    <Page title={t('nav.duty')}>
      <Panel>{t('app.loading')}</Panel>
    </Page>
  );
}

import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAntenna } from '@tabler/icons-react';
import { useT } from '@/i18n/react';
import { Page } from '@/ui/layout/Page';
import { Events } from './Events';
import { Feeds } from './Feeds';
import { NewFeed } from './NewFeed';

/** What the trucks tell: which accounts at providers are connected, and what came in from them. */
export function TelematicsPage() {
  const t = useT();
  const [making, make] = useDisclosure(false);
  return (
    <Page
      title={t('telematics.title')}
      lead={t('telematics.lead')}
      actions={
        <Button
          color="amber"
          leftSection={<IconAntenna size={18} stroke={1.7} aria-hidden />}
          onClick={make.open}
        >
          {t('telematics.new')}
        </Button>
      }
    >
      <Feeds />
      <Events />
      {making && <NewFeed onClose={make.close} />}
    </Page>
  );
}

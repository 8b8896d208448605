import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { may, useMe } from '@/core/auth/me';
import { useT } from '@/i18n/react';
import { Blank } from '@/ui/feedback/Blank';
import { Panel } from '@/ui/layout/Page';
import { Mark } from '@/ui/shell/Brand';

/** A new carrier: the board teaches the first step. */
export function EmptyFleet() {
  const t = useT();
  const me = useMe();
  const imports = may(me, 'roster:import');
  return (
    <Panel>
      <Blank
        title={t('duty.emptyTitle')}
        text={t(imports ? 'duty.emptyText' : 'duty.emptyTextReader')}
        icon={<Mark size={48} />}
      >
        {imports && (
          <Button color="amber" component={Link} to="/imports">
            {t('duty.import')}
          </Button>
        )}
        {may(me, 'drivers:write') && (
          <Button
            variant="default"
            renderRoot={(props) => <Link {...props} to="/drivers" search={{ add: true }} />}
          >
            {t('duty.addOne')}
          </Button>
        )}
      </Blank>
    </Panel>
  );
}

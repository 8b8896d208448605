import { IconChevronRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { DriverFileOut } from '@/api';
import { useFormats, useT } from '@/i18n/react';
import { Panel } from '@/ui/layout/Page';
import { StateChip } from '@/ui/status/StateChip';
import { agenda } from './agenda';
import classes from './driver-home.module.css';

/** Three things at most on the first screen. */
const SHOWN = 3;

export function Agenda({ file }: { file: DriverFileOut }) {
  const t = useT();
  const { date, distance } = useFormats();
  const open = agenda(file.items);
  return (
    <Panel flush title={t('driverHome.next')}>
      {open.length === 0 && <p className={classes.nothing}>{t('driverHome.nothing')}</p>}
      <ul>
        {open.slice(0, SHOWN).map((item) => (
          <li key={item.requirement}>
            <Link to="/my-file" className={classes.item}>
              <span className={classes.itemBody}>
                <span className={classes.itemTitle}>{item.title}</span>
                <span className={classes.itemMeta}>
                  <StateChip state={item.state} />
                  {item.due_on !== null && (
                    <span>
                      {date(item.due_on, { asOf: file.as_of })}, {distance(file.as_of, item.due_on)}
                    </span>
                  )}
                </span>
              </span>
              <IconChevronRight size={20} stroke={1.7} aria-hidden />
            </Link>
          </li>
        ))}
      </ul>
      {open.length > SHOWN && (
        <p className={classes.nothing}>{t('driverHome.more', { count: open.length - SHOWN })}</p>
      )}
    </Panel>
  );
}

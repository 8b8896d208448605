import { Button, Collapse } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useId } from 'react';
import type { FileItemOut } from '@/api';
import { useT } from '@/i18n/react';
import { StateChip } from '@/ui/status/StateChip';
import { useFile } from './context';
import { DateBar } from './DateBar';
import { rowId } from './open-rows';
import { When } from './When';
import { Why } from './Why';
import classes from './rows.module.css';

/** States in which the next step is to collect something. */
const TO_COLLECT = new Set(['expired', 'overdue', 'missing', 'due', 'expiring']);

export function RequirementRow({ item }: { item: FileItemOut }) {
  const t = useT();
  const { rows, changes, onRecord, onEditFacts } = useFile();
  const panel = useId();
  const opened = rows.isOpen(item.requirement);
  const before = changes.get(item.requirement);
  return (
    <li
      id={rowId(item.requirement)}
      className={classes.row}
      data-open={opened}
      data-changed={before !== undefined}
    >
      <div className={classes.line}>
        <div className={classes.what}>
          <button
            type="button"
            className={classes.unfold}
            aria-expanded={opened}
            aria-controls={panel}
            onClick={() => rows.toggle(item.requirement)}
          >
            {item.title}
          </button>
          <span className={classes.state}>
            <StateChip state={item.state} />
            {item.forbids_driving && (
              <span className={classes.forbids}>{t('driverFile.forbids')}</span>
            )}
            {before !== undefined && (
              <span className={classes.before}>
                {t('driverFile.changed', { state: t(`state.${before}`) })}
              </span>
            )}
          </span>
        </div>
        <DateBar item={item} />
        <When item={item} />
        <div className={classes.do}>
          {onRecord && TO_COLLECT.has(item.state) && (
            <Button
              variant="default"
              size="xs"
              className={classes.record}
              aria-label={t('driverFile.recordFor', { title: item.title })}
              onClick={() => onRecord(item.requirement)}
            >
              {t('driverFile.recordShort')}
            </Button>
          )}
          {onEditFacts && item.state === 'unknown' && (
            <Button
              variant="default"
              size="xs"
              className={classes.record}
              aria-label={t('driverFile.answerFor', { title: item.title })}
              onClick={onEditFacts}
            >
              {t('driverFile.answer')}
            </Button>
          )}
          <IconChevronDown
            className={classes.chevron}
            data-open={opened}
            size={20}
            stroke={1.7}
            aria-hidden
          />
        </div>
      </div>
      <Collapse expanded={opened} id={panel}>
        {opened && <Why item={item} />}
      </Collapse>
    </li>
  );
}

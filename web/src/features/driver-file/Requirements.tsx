import { UnstyledButton, VisuallyHidden } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown } from '@tabler/icons-react';
import { useEffect } from 'react';
import type { PlainDate } from '@/core/dates';
import { useT } from '@/i18n/react';
import { Blank } from '@/ui/feedback/Blank';
import { Panel } from '@/ui/layout/Page';
import { Glyph } from '@/ui/status/glyphs';
import { useFile } from './context';
import { grouped, type Group } from './groups';
import { rowId } from './open-rows';
import { RequirementRow } from './RequirementRow';
import { TimeAxis } from './TimeAxis';
import classes from './rows.module.css';

interface RequirementsProps {
  onAsOf: (day: PlainDate | undefined) => void;
  stale: boolean;
}

/** Every requirement on one time axis: problems first, then what comes up, then the rest by subject. */
export function Requirements({ onAsOf, stale }: RequirementsProps) {
  const t = useT();
  const { file } = useFile();
  const { groups, aside } = grouped(file.items);
  useShowChanged();
  return (
    <Panel flush>
      <Announcer />
      <div className={classes.board}>
        <TimeAxis onAsOf={onAsOf} />
        <div data-stale={stale} className={classes.groups}>
          {groups.map((group) => (
            <RowGroup key={group.name} group={group} />
          ))}
          {groups.length === 0 && (
            <Blank
              title={t('driverFile.empty.title')}
              text={t('driverFile.empty.text')}
              icon={<Glyph name="not_applicable" size={40} />}
            />
          )}
          {aside.length > 0 && <Aside items={aside} />}
        </div>
      </div>
    </Panel>
  );
}

/** A row that has just changed may have moved to another group: brings it into view, with the focus if that is lost. */
function useShowChanged() {
  const { changes } = useFile();
  const first = changes.keys().next().value;
  useEffect(() => {
    if (first === undefined) return;
    const row = document.getElementById(rowId(first));
    row?.scrollIntoView({ block: 'nearest' });
    if (document.activeElement === document.body) {
      row?.querySelector<HTMLElement>('button[aria-expanded]')?.focus({ preventScroll: true });
    }
  }, [first]);
}

function RowGroup({ group }: { group: Group }) {
  const t = useT();
  return (
    <section aria-labelledby={`group-${group.name}`}>
      <h3 className={classes.groupTitle} id={`group-${group.name}`}>
        {t(`driverFile.group.${group.name}`)}
        <span className={classes.groupCount}>{group.items.length}</span>
      </h3>
      <ul>
        {group.items.map((item) => (
          <RequirementRow key={item.requirement} item={item} />
        ))}
      </ul>
    </section>
  );
}

/** What does not apply is one line until somebody asks. */
function Aside({ items }: { items: Group['items'] }) {
  const t = useT();
  const [opened, { toggle }] = useDisclosure(false);
  return (
    <section>
      <UnstyledButton className={classes.aside} aria-expanded={opened} onClick={toggle}>
        <Glyph name="not_applicable" size={16} />
        {t('driverFile.aside', { count: items.length })}
        <IconChevronDown size={18} stroke={1.7} aria-hidden data-open={opened} />
      </UnstyledButton>
      {opened && (
        <ul>
          {items.map((item) => (
            <RequirementRow key={item.requirement} item={item} />
          ))}
        </ul>
      )}
    </section>
  );
}

/** Says what a change has moved to readers who can't see the row light up. */
function Announcer() {
  const t = useT();
  const { file, changes } = useFile();
  const said = file.items.flatMap((item) => {
    const before = changes.get(item.requirement);
    return before === undefined
      ? []
      : [
          t('driverFile.changedSaid', {
            title: item.title,
            before: t(`state.${before}`),
            after: t(`state.${item.state}`),
          }),
        ];
  });
  return <VisuallyHidden role="status">{said.join(' ')}</VisuallyHidden>;
}

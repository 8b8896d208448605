import { Select } from '@mantine/core';
import { useId } from 'react';
import type { RosterField } from '@/api';
import { useT } from '@/i18n/react';
import { Glyph } from '@/ui/status/glyphs';
import type { ColumnView } from './mapping';
import classes from './columns.module.css';

const GROUPS = ['driver', 'employment', 'licence', 'profile', 'evidence'] as const;
/** Stands for "left out": a select has no empty choice that can be chosen. */
const NOTHING = '-';

interface ColumnRowProps {
  column: ColumnView;
  columns: readonly ColumnView[];
  fields: readonly RosterField[];
  onChange: (field: string | null) => void;
}

export function ColumnRow({ column, columns, fields, onChange }: ColumnRowProps) {
  const t = useT();
  const id = useId();
  const owner = new Map(columns.map((entry) => [entry.field, entry.column]));
  const option = (field: RosterField) => {
    const by = owner.get(field.field);
    const taken = by !== undefined && by !== column.column;
    return {
      value: field.field,
      label: taken ? t('roster.columns.taken', { field: field.label, column: by }) : field.label,
    };
  };
  return (
    <div role="row" className={classes.row} data-left-out={column.field === null}>
      <span role="cell" className={classes.name} id={id}>
        {column.column}
      </span>
      <span role="cell" className={classes.samples}>
        {column.samples.length > 0
          ? column.samples.map((sample) => <span key={sample}>{sample}</span>)
          : t('roster.columns.noSamples')}
      </span>
      <div role="cell" className={classes.means}>
        <Select
          aria-labelledby={id}
          searchable
          maxDropdownHeight={320}
          nothingFoundMessage={t('roster.columns.noField')}
          value={column.field ?? NOTHING}
          onChange={(value) => onChange(value === NOTHING || value === null ? null : value)}
          data={[
            { value: NOTHING, label: t('roster.columns.leaveOut') },
            ...GROUPS.map((group) => ({
              group: t(`roster.group.${group}`),
              items: fields.filter((field) => field.group === group).map(option),
            })),
          ]}
        />
        <Remark column={column} />
      </div>
    </div>
  );
}

/** What is worth saying: an unsure guess, a choice of the reader's, or why it is left out. */
function Remark({ column }: { column: ColumnView }) {
  const t = useT();
  if (column.lostTo !== null) {
    return <Warning text={t('roster.columns.lost', { column: column.lostTo })} />;
  }
  if (column.note !== null) return <Warning text={column.note} />;
  if (column.doubtful) return <Warning text={t('roster.columns.doubtful')} />;
  return column.chosen ? <p className={classes.remark}>{t('roster.columns.chosen')}</p> : null;
}

function Warning({ text }: { text: string }) {
  return (
    <p className={classes.warning}>
      <Glyph name="expiring" size={14} />
      {text}
    </p>
  );
}

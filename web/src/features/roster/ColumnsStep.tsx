import { Button } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import { useState } from 'react';
import type { RosterField } from '@/api';
import { useT } from '@/i18n/react';
import { Panel } from '@/ui/layout/Page';
import { Glyph } from '@/ui/status/glyphs';
import { ColumnRow } from './ColumnRow';
import { assign, changesOf, keepDraft, loadDraft, missingFields, withDraft } from './mapping';
import { isRunning } from './steps';
import type { StepProps } from './ImportPage';
import classes from './columns.module.css';

/** What each column of the file means: guessed, with samples to judge by, and correctable. */
export function ColumnsStep({ job, change, onGo }: StepProps) {
  const t = useT();
  const [draft, setDraft] = useState(() => loadDraft(job.id));
  const columns = withDraft(job.mapping, draft);
  const missing = missingFields(columns, job.fields);
  const used = columns.filter((column) => column.field !== null).length;
  const running = isRunning(job);
  const put = (column: string, field: string | null) => {
    const next = assign(draft, column, field);
    setDraft(next);
    keepDraft(job.id, next);
  };
  const next = () => {
    const mapping = changesOf(job.mapping, draft);
    if (Object.keys(mapping).length === 0) {
      onGo('rows');
      return;
    }
    change.mutate(
      { kind: 'mapping', mapping },
      {
        onSuccess: () => {
          keepDraft(job.id, {});
          onGo('rows');
        },
      },
    );
  };
  const changed = Object.keys(changesOf(job.mapping, draft)).length;

  return (
    <Panel title={t('roster.columns.title')} aside={<Required fields={missing} />} flush>
      <p className={classes.lead}>
        {t('roster.columns.lead', { used, left: columns.length - used })}
      </p>
      <div role="table" aria-label={t('roster.columns.title')} className={classes.table}>
        <div role="row" className={classes.head}>
          <span role="columnheader">{t('roster.columns.inFile')}</span>
          <span role="columnheader">{t('roster.columns.samples')}</span>
          <span role="columnheader">{t('roster.columns.means')}</span>
        </div>
        {columns.map((column) => (
          <ColumnRow
            key={column.column}
            column={column}
            columns={columns}
            fields={job.fields}
            onChange={(field) => put(column.column, field)}
          />
        ))}
      </div>
      <div className={classes.foot}>
        <p role="status">
          {running
            ? t('roster.columns.reading')
            : changed > 0
              ? t('roster.columns.changed', { count: changed })
              : ''}
        </p>
        <Button
          color="amber"
          size="md"
          rightSection={<IconArrowRight size={18} stroke={1.9} aria-hidden />}
          disabled={missing.length > 0 || (running && changed > 0)}
          loading={change.isPending && change.variables.kind === 'mapping'}
          onClick={next}
        >
          {t(changed > 0 ? 'roster.columns.nextChanged' : 'roster.columns.next')}
        </Button>
      </div>
    </Panel>
  );
}

/** Fields no driver can be without. */
function Required({ fields }: { fields: RosterField[] }) {
  const t = useT();
  const names = fields.map((field) => field.label).join(', ');
  return (
    <p className={classes.required} data-missing={fields.length > 0} role="status">
      <Glyph name={fields.length > 0 ? 'missing' : 'valid'} size={16} />
      {fields.length > 0
        ? t('roster.columns.missing', { fields: names })
        : t('roster.columns.complete')}
    </p>
  );
}

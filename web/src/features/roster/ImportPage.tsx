import { Button } from '@mantine/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { RosterImport } from '@/api';
import { formatInstant } from '@/core/dates';
import { problemOf } from '@/core/http/problem';
import { useLocale, useT } from '@/i18n/react';
import { PageLoading } from '@/ui/feedback/PageLoading';
import { Trouble } from '@/ui/feedback/Trouble';
import { formatSize } from '@/ui/files/size';
import { Page, Panel } from '@/ui/layout/Page';
import { ColumnsStep } from './ColumnsStep';
import { ConfirmStep } from './ConfirmStep';
import { ProgressStep } from './ProgressStep';
import { ResultStep } from './ResultStep';
import { RowsStep } from './RowsStep';
import { StepList } from './StepList';
import { stepOf, type ChosenStep, type Step } from './steps';
import { useImport } from './use-import';

const route = getRouteApi('/shell/imports/$importId');

/** The wizard. Where it stands is the job's state on the server and the address: leaving loses nothing. */
export function ImportPage() {
  const t = useT();
  const { importId } = route.useParams();
  const { step: chosen } = route.useSearch();
  const navigate = route.useNavigate();
  const { job, change } = useImport(importId);
  const go = (step: ChosenStep | undefined) => void navigate({ search: { step } });

  if (job.data === undefined) {
    if (job.error === null) return <PageLoading />;
    return (
      <Page title={t('roster.title')}>
        <Trouble error={job.error} onRetry={() => void job.refetch()} />
        <div>
          <Button variant="default" component={Link} to="/imports">
            {t('roster.toList')}
          </Button>
        </div>
      </Page>
    );
  }
  const step = stepOf(job.data, chosen);
  const cancellable = ['queued', 'reading', 'preview', 'importing'].includes(job.data.state);
  return (
    <Page
      title={job.data.file_name}
      lead={<Lead job={job.data} />}
      actions={
        cancellable && (
          <Button
            variant="default"
            loading={change.isPending && change.variables.kind === 'cancel'}
            onClick={() => change.mutate({ kind: 'cancel' })}
          >
            {t('roster.cancel')}
          </Button>
        )
      }
    >
      <StepList now={step} job={job.data} onGo={go} />
      {job.error !== null && <Trouble error={job.error} onRetry={() => void job.refetch()} />}
      {change.error !== null && (
        <Trouble
          error={change.error}
          // Somebody else has moved the job on: look where it stands now.
          onRetry={
            problemOf(change.error)?.status === 409
              ? () => {
                  change.reset();
                  void job.refetch();
                }
              : undefined
          }
        />
      )}
      <StepPanel step={step} job={job.data} change={change} onGo={go} />
    </Page>
  );
}

export interface StepProps {
  job: RosterImport;
  change: ReturnType<typeof useImport>['change'];
  onGo: (step: ChosenStep | undefined) => void;
}

function StepPanel({ step, ...props }: StepProps & { step: Step }) {
  switch (step) {
    case 'file':
    case 'columns':
      // A new reading brings new columns: the draft begins afresh.
      return <ColumnsStep key={props.job.id} {...props} />;
    case 'rows':
      return <RowsStep {...props} />;
    case 'confirm':
      return <ConfirmStep {...props} />;
    case 'progress':
      return (
        <Panel>
          <ProgressStep job={props.job} />
        </Panel>
      );
    case 'result':
      return <ResultStep job={props.job} />;
  }
}

function Lead({ job }: { job: RosterImport }) {
  const t = useT();
  const locale = useLocale();
  return (
    <>
      {t('roster.leadFile', {
        size: formatSize(job.size, locale),
        when: formatInstant(job.created_at, locale),
      })}
    </>
  );
}

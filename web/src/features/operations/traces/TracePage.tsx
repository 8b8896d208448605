import { Button, Skeleton } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { TraceDetail } from '@/api';
import { readTraceOptions } from '@/api/@tanstack/react-query.gen';
import { useT } from '@/i18n/react';
import { Blank } from '@/ui/feedback/Blank';
import { problemOf } from '@/core/http/problem';
import { Trouble } from '@/ui/feedback/Trouble';
import { Page, Panel } from '@/ui/layout/Page';
import { Glyph } from '@/ui/status/glyphs';
import { Tag } from '@/ui/status/Tag';
import { LogLines } from '../LogLines';
import { clock, milliseconds } from '../units';
import classes from './traces.module.css';
import { Waterfall } from './Waterfall';

const route = getRouteApi('/shell/operations/traces/$traceId');

/** One request, job or call from its first part to its last: what took how long, and what was logged on the way. */
export function TracePage() {
  const t = useT();
  const { traceId } = route.useParams();
  const trace = useQuery({
    ...readTraceOptions({ path: { trace_id: traceId } }),
    // Parts write twice a second: a fresh trace may still grow.
    refetchInterval: ({ state }) => (young(state.data) ? 2000 : false),
  });
  const gone = problemOf(trace.error)?.status === 404;
  return (
    <Page title={trace.data?.name ?? t('operations.trace.title')} actions={<Back />}>
      {trace.isPending && <Skeleton height={480} radius="lg" />}
      {trace.isError && !gone && (
        <Trouble error={trace.error} onRetry={() => void trace.refetch()} />
      )}
      {gone && (
        <Panel>
          <Blank
            title={t('operations.trace.gone')}
            text={t('operations.trace.goneText')}
            icon={<Glyph name="missing" size={40} />}
          />
        </Panel>
      )}
      {trace.data && <Told trace={trace.data} />}
    </Page>
  );
}

const young = (trace: TraceDetail | undefined): boolean =>
  trace !== undefined && Date.now() - new Date(trace.started_at).getTime() < 15_000;

function Back() {
  const t = useT();
  return (
    <Button
      variant="default"
      leftSection={<IconArrowLeft size={18} stroke={1.7} aria-hidden />}
      renderRoot={(props) => <Link {...props} to="/operations" />}
    >
      {t('operations.trace.back')}
    </Button>
  );
}

function Told({ trace }: { trace: TraceDetail }) {
  const t = useT();
  return (
    <>
      <Panel>
        <dl className={classes.summary}>
          <div>
            <dt>{t('operations.trace.outcome')}</dt>
            <dd>
              <Tag
                tone={trace.failed ? 'stop' : 'ok'}
                sign={<Glyph name={trace.failed ? 'blocked' : 'valid'} size={14} />}
              >
                {t(trace.failed ? 'operations.trace.failed' : 'operations.trace.went')}
              </Tag>
            </dd>
          </div>
          <div>
            <dt>{t('operations.traces.took')}</dt>
            <dd>{trace.spans.length > 0 ? milliseconds(trace.duration_ms) : '–'}</dd>
          </div>
          <div>
            <dt>{t('operations.traces.when')}</dt>
            <dd>{clock(trace.started_at)}</dd>
          </div>
          <div>
            <dt>{t('operations.traces.parts')}</dt>
            <dd>{trace.parts.join(', ')}</dd>
          </div>
          <div>
            <dt>{t('operations.traces.reference')}</dt>
            <dd>{trace.trace_id}</dd>
          </div>
        </dl>
      </Panel>
      <Panel title={t('operations.trace.spans')} flush>
        {trace.spans.length > 0 ? (
          <Waterfall trace={trace} />
        ) : (
          <p className={classes.none}>{t('operations.trace.noSpans')}</p>
        )}
        {!trace.complete && <p className={classes.none}>{t('operations.trace.incomplete')}</p>}
      </Panel>
      <Panel title={t('operations.trace.logs')}>
        {trace.logs.length > 0 ? (
          <LogLines lines={trace.logs} />
        ) : (
          <p className={classes.soft}>{t('operations.trace.noLogs')}</p>
        )}
      </Panel>
    </>
  );
}

import { Button, Progress } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { downloadRosterSample, type RosterImport } from '@/api';
import { upload } from '@/core/http/upload';
import { useT } from '@/i18n/react';
import { Trouble } from '@/ui/feedback/Trouble';
import { FileDrop } from '@/ui/files/FileDrop';
import { Page, Panel } from '@/ui/layout/Page';
import { download } from './errors-csv';
import { PastImports } from './PastImports';
import classes from './imports.module.css';

const MAX_BYTES = 64 * 1024 * 1024;
const ACCEPT =
  '.csv,.tsv,.txt,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

export function ImportsPage() {
  const t = useT();
  return (
    <Page title={t('roster.title')} lead={t('roster.lead')}>
      <Panel title={t('roster.upload.title')} aside={<Sample />}>
        <div className={classes.start}>
          <Upload />
          <ol className={classes.promise}>
            <li>{t('roster.upload.promise1')}</li>
            <li>{t('roster.upload.promise2')}</li>
            <li>{t('roster.upload.promise3')}</li>
          </ol>
        </div>
      </Panel>
      <PastImports />
    </Page>
  );
}

function Upload() {
  const t = useT();
  const navigate = useNavigate();
  const [share, setShare] = useState<number | null>(null);
  const [tooLarge, setTooLarge] = useState(false);
  const abort = useRef<AbortController | null>(null);
  const start = useMutation({
    mutationFn: (file: File) => {
      const form = new FormData();
      form.set('dry_run', 'true');
      form.set('file', file, file.name);
      abort.current = new AbortController();
      setShare(0);
      return upload<RosterImport>('/api/v1/roster-imports', form, {
        onProgress: setShare,
        signal: abort.current.signal,
      });
    },
    onSuccess: (job) => navigate({ to: '/imports/$importId', params: { importId: job.id } }),
    onSettled: () => setShare(null),
  });
  const stopped = start.error instanceof DOMException && start.error.name === 'AbortError';
  const choose = (file: File) => {
    setTooLarge(file.size > MAX_BYTES);
    if (file.size <= MAX_BYTES) start.mutate(file);
  };

  return (
    <div className={classes.upload}>
      <FileDrop
        size="page"
        label={t('roster.upload.drop')}
        hint={t('roster.upload.kinds')}
        accept={ACCEPT}
        disabled={start.isPending}
        error={tooLarge ? t('roster.upload.tooLarge') : undefined}
        onFile={choose}
      />
      {share !== null && start.variables && (
        <Sending name={start.variables.name} share={share} onStop={() => abort.current?.abort()} />
      )}
      {start.error !== null && !stopped && <Trouble error={start.error} />}
    </div>
  );
}

interface SendingProps {
  name: string;
  share: number;
  onStop: () => void;
}

function Sending({ name, share, onStop }: SendingProps) {
  const t = useT();
  const percent = Math.round(share * 100);
  return (
    <div className={classes.sending}>
      <p role="status">
        {share < 1
          ? t('roster.upload.sending', { file: name, percent })
          : t('roster.upload.checking', { file: name })}
      </p>
      <Progress value={percent} animated={share === 1} aria-label={name} />
      <Button variant="default" size="xs" onClick={onStop}>
        {t('action.cancel')}
      </Button>
    </div>
  );
}

function Sample() {
  const t = useT();
  const fetchSample = useMutation({
    mutationFn: async () => (await downloadRosterSample({ parseAs: 'text' })).data,
    onSuccess: (text) => download(text, 'roster-sample.csv'),
  });
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={<IconDownload size={16} stroke={1.7} aria-hidden />}
      loading={fetchSample.isPending}
      onClick={() => fetchSample.mutate()}
    >
      {t('roster.upload.sample')}
    </Button>
  );
}

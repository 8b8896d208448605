import { useMutation } from '@tanstack/react-query';
import { verifyFile } from '@/api';
import { useT } from '@/i18n/react';
import { Trouble } from '@/ui/feedback/Trouble';
import { FileDrop } from '@/ui/files/FileDrop';
import { Panel } from '@/ui/layout/Page';
import { Glyph } from '@/ui/status/glyphs';
import { sha256 } from './sha256';
import classes from './packets.module.css';

interface Compared {
  name: string;
  digest: string;
  kind: 'archive' | 'pdf' | 'document' | null;
  found: boolean;
}

/** Takes a file, computes its SHA-256 here, and asks whether the packet has it. The file stays on this device. */
export function CompareFile({ code }: { code: string }) {
  const t = useT();
  const compare = useMutation({
    mutationFn: async (file: File): Promise<Compared> => {
      const digest = await sha256(file);
      const { data } = await verifyFile({ path: { code, sha256: digest } });
      return { name: file.name, digest, kind: data.kind, found: data.found };
    },
  });
  return (
    <Panel title={t('verify.compare')}>
      <FileDrop
        label={t('verify.drop')}
        hint={t('verify.dropHint')}
        accept=""
        disabled={compare.isPending}
        onFile={(file) => compare.mutate(file)}
      />
      <div role="status" className={classes.compared}>
        {compare.isPending && <p>{t('verify.comparing')}</p>}
        {compare.data && (
          <p data-tone={compare.data.found ? 'ok' : 'stop'} className={classes.verdict}>
            <Glyph name={compare.data.found ? 'valid' : 'blocked'} size={20} />
            <span>
              {compare.data.found
                ? t(`verify.is.${compare.data.kind ?? 'document'}`, { name: compare.data.name })
                : t('verify.isNot', { name: compare.data.name })}
            </span>
          </p>
        )}
        {compare.data && (
          <p className={classes.hash}>{t('verify.hash', { hash: compare.data.digest })}</p>
        )}
      </div>
      {compare.isError && <Trouble error={compare.error} />}
    </Panel>
  );
}

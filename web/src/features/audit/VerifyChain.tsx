import { Button } from '@mantine/core';
import { IconLink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { verifyAuditLogOptions } from '@/api/@tanstack/react-query.gen';
import { useT } from '@/i18n/react';
import { Trouble } from '@/ui/feedback/Trouble';
import { Glyph } from '@/ui/status/glyphs';
import classes from './audit.module.css';

/** Has the server recompute every hash, and says what came out. */
export function VerifyChain() {
  const t = useT();
  const chain = useQuery({ ...verifyAuditLogOptions(), enabled: false });
  const { data } = chain;
  return (
    <div className={classes.chain}>
      <div role="status">
        {data && (
          <p className={data.ok ? classes.intact : classes.broken}>
            <Glyph name={data.ok ? 'valid' : 'blocked'} size={18} />
            {data.ok
              ? t('audit.intact', { count: data.checked })
              : t(`audit.${data.problem ?? 'changed'}`, { seq: data.broken_at ?? 0 })}
          </p>
        )}
      </div>
      {chain.isError && <Trouble error={chain.error} />}
      <Button
        variant="default"
        loading={chain.isFetching}
        leftSection={<IconLink size={18} stroke={1.7} aria-hidden />}
        onClick={() => void chain.refetch()}
      >
        {t('audit.verify')}
      </Button>
    </div>
  );
}

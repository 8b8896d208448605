import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { exportAuditEntries } from '@/api';
import { today } from '@/core/dates';
import { useT } from '@/i18n/react';
import { Trouble } from '@/ui/feedback/Trouble';
import { toast } from '@/ui/feedback/toast';
import { download } from '../drivers/csv';
import type { AuditFilters } from './filters';

/** Saves every entry that the filters show, not only those loaded so far. */
export function ExportLog({ filters }: { filters: AuditFilters }) {
  const t = useT();
  const save = useMutation({
    mutationFn: async () =>
      (await exportAuditEntries({ query: filters, parseAs: 'blob', throwOnError: true })).data,
    onSuccess: (file) => {
      download(`audit-log-${today()}.csv`, file);
      toast(t('audit.exported'));
    },
  });
  return (
    <>
      {save.isError && <Trouble error={save.error} />}
      <Button
        variant="default"
        loading={save.isPending}
        leftSection={<IconDownload size={18} stroke={1.7} aria-hidden />}
        onClick={() => {
          save.mutate();
        }}
      >
        {t('audit.export')}
      </Button>
    </>
  );
}

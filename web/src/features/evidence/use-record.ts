import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { recordEvidence, type Evidence, type RecordEvidenceData } from '@/api';
import { upload } from '@/core/http/upload';
import { useT } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';
import { multipart, payload, type EvidenceForm } from './form';

interface Recording {
  driverId: string;
  /** The requirement's name, for the word of success. */
  title: string;
  onRecorded: () => Promise<void>;
  onClose: () => void;
}

/** Sends a form: as JSON, or with its file and progress. */
export function useRecord({ driverId, title, onRecorded, onClose }: Recording) {
  const t = useT();
  const [share, setShare] = useState<number | null>(null);
  const abort = useRef<AbortController | null>(null);

  const save = useMutation({
    mutationFn: async (form: EvidenceForm) => {
      if (form.file === null) {
        const body = payload(form) as unknown as RecordEvidenceData['body'];
        const { data } = await recordEvidence({ path: { driver_id: driverId }, body });
        return data;
      }
      abort.current = new AbortController();
      setShare(0);
      return upload<Evidence>(`/api/v1/drivers/${driverId}/evidence`, multipart(form, form.file), {
        onProgress: setShare,
        signal: abort.current.signal,
      });
    },
    onSuccess: async () => {
      await onRecorded();
      toast(t('evidence.record.done', { title }));
      onClose();
    },
    onSettled: () => setShare(null),
  });
  const stopped = save.error instanceof DOMException && save.error.name === 'AbortError';

  return {
    send: (form: EvidenceForm) => save.mutate(form),
    stop: () => abort.current?.abort(),
    busy: save.isPending,
    share,
    error: stopped ? null : save.error,
  };
}

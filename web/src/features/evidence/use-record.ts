import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { recordEvidence, type Evidence, type RecordEvidenceData } from '@/api';
import { useMe } from '@/core/auth/me';
import { upload } from '@/core/http/upload';
import { newKey } from '@/core/offline/key';
import { put } from '@/core/offline/outbox';
import { useT } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';
import { multipart, payload, type EvidenceForm } from './form';

interface Recording {
  driverId: string;
  /** The driver's own phone: what can't be sent now waits on it. */
  own: boolean;
  /** The requirement's name, for the word of success. */
  title: string;
  onRecorded: () => Promise<void>;
  onClose: () => void;
}

/** Sends a form: as JSON, or with its file and progress. */
export function useRecord({ driverId, own, title, onRecorded, onClose }: Recording) {
  const t = useT();
  const me = useMe();
  const [share, setShare] = useState<number | null>(null);
  const abort = useRef<AbortController | null>(null);

  const save = useMutation({
    // Without a connection it is not put off: the outbox takes it, or the error says so.
    networkMode: 'always',
    mutationFn: async (form: EvidenceForm) => {
      if (own && (await leftInOutbox(form, me.id, driverId, title))) return 'waiting';
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
    onSuccess: async (outcome) => {
      // The outbox tells when it is there.
      if (outcome !== 'waiting') {
        await onRecorded();
        toast(t('evidence.record.done', { title }));
      }
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

/** Leaves the form on this device, from where it is sent; false where the device stores nothing. */
async function leftInOutbox(
  form: EvidenceForm,
  userId: string,
  driverId: string,
  title: string,
): Promise<boolean> {
  try {
    await put({
      key: newKey(),
      userId,
      path: `/api/v1/drivers/${driverId}/evidence`,
      title,
      fields: payload(form),
      file: form.file && {
        bytes: await form.file.arrayBuffer(),
        type: form.file.type,
        name: form.file.name,
      },
      addedAt: Date.now(),
      refusal: null,
    });
    return true;
  } catch {
    return false;
  }
}

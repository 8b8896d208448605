import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { recordEvidence, type RecordEvidenceData, type Upload } from '@/api';
import { useMe } from '@/core/auth/me';
import { sendInParts } from '@/core/http/parts';
import { ApiError, OFFLINE } from '@/core/http/problem';
import { newKey } from '@/core/offline/key';
import { put } from '@/core/offline/outbox';
import { useT } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';
import { MOST_KEPT, payload, type EvidenceForm } from './form';

interface Recording {
  driverId: string;
  /** The driver's own phone: what can't be sent now waits on it. */
  own: boolean;
  /** The requirement's name, for the word of success. */
  title: string;
  onRecorded: () => Promise<void>;
  onClose: () => void;
}

interface Sent {
  file: File;
  upload: Upload;
}

/** Sends a form; its file before it, in parts, which go on where they were after whatever broke off. */
export function useRecord({ driverId, own, title, onRecorded, onClose }: Recording) {
  const t = useT();
  const me = useMe();
  const [share, setShare] = useState<number | null>(null);
  const abort = useRef<AbortController | null>(null);
  /** A file that is there already: when only the answer was lost, the same upload gives the same record. */
  const there = useRef<Sent | null>(null);

  const sendFile = async (file: File): Promise<string> => {
    if (there.current?.file === file) return there.current.upload.id;
    abort.current = new AbortController();
    setShare(0);
    const { signal } = abort.current;
    const upload = await sendInParts(file, { onProgress: setShare, signal });
    if (upload.state === 'refused') throw refused(upload);
    there.current = { file, upload };
    return upload.id;
  };

  const save = useMutation({
    // Without a connection it is not put off: the outbox takes it, or the error says so.
    networkMode: 'always',
    mutationFn: async (form: EvidenceForm) => {
      const keeps = own && (form.file?.size ?? 0) <= MOST_KEPT;
      if (keeps && (await leftInOutbox(form, me.id, driverId, title))) return 'waiting';
      const file = form.file && { upload_id: await sendFile(form.file) };
      const body = { ...payload(form), ...file } as unknown as RecordEvidenceData['body'];
      const { data } = await recordEvidence({ path: { driver_id: driverId }, body });
      return data;
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

/** A file that was looked at and not taken, as the error that it would have been in one piece. */
const refused = ({ refusal, refusal_code }: Upload): ApiError =>
  new ApiError({
    ...OFFLINE,
    slug: 'unsupported-file',
    status: 415,
    detail: refusal ?? '',
    code: refusal_code ?? 'other',
  });

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

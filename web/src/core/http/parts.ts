import { beginUpload, cancelUpload, completeUpload, readUpload, type Upload } from '@/api';
import { freshToken, refresh } from '@/core/auth/session';
import { getLocale } from '@/i18n';
import { apiUrl } from './api-origin';
import { ApiError, isTransient, OFFLINE, toProblem } from './problem';

export interface PartsOptions {
  /** Called with the share that is in the store, 0 to 1. */
  onProgress?: (share: number) => void;
  signal?: AbortSignal;
}

const TRIES = 6;
const WAIT_MS = 1000;
const ASK_MS = 1500;

/** What a file is known by on this device, so that choosing it again goes on where it was. */
const rememberedAs = (file: File): string =>
  `dc-upload:${file.name}:${file.size}:${file.lastModified}`;

async function digestOf(part: Blob): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', await part.arrayBuffer()));
  return btoa(String.fromCharCode(...bytes));
}

async function put(path: string, part: Blob, digest: string, signal?: AbortSignal) {
  const send = (token: string | undefined) =>
    fetch(apiUrl(path), {
      method: 'PUT',
      body: part,
      signal: signal ?? null,
      headers: {
        Accept: 'application/json',
        'Accept-Language': getLocale(),
        'Content-Type': 'application/octet-stream',
        'Content-Digest': `sha-256=:${digest}:`,
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      },
    });
  const token = await freshToken();
  let response = await send(token?.value);
  if (response.status === 401 && token !== null) {
    response = await send((await refresh(token))?.value);
  }
  if (response.ok) return;
  const body: unknown = await response.json().catch(() => null);
  throw new ApiError(toProblem(body, response));
}

/** What a cut connection is called everywhere else. */
const offline = (error: unknown): unknown =>
  error instanceof TypeError ? new ApiError(OFFLINE) : error;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Does it again after a cut connection or a server that restarts; an error that says no is one at once. */
async function patiently<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      const again = error instanceof TypeError || isTransient(error);
      if (!again || tries >= TRIES) throw offline(error);
      await pause(WAIT_MS * tries);
    }
  }
}

async function begun(file: File): Promise<Upload> {
  const known = localStorage.getItem(rememberedAs(file));
  if (known !== null) {
    const { data } = await readUpload({ path: { upload_id: known }, throwOnError: false });
    if (data?.state === 'open') return data;
  }
  const { data } = await beginUpload({
    body: { file_name: file.name, size: file.size },
    throwOnError: true,
  });
  localStorage.setItem(rememberedAs(file), data.id);
  return data;
}

/**
 * Sends a file in parts, and waits until it has been checked: the answer is `ready`, or `refused` with its reason. What broke
 * off, or was left by closing the page, goes on where it was when the same file is chosen again.
 */
export async function sendInParts(file: File, options: PartsOptions = {}): Promise<Upload> {
  const { onProgress, signal } = options;
  const upload = await patiently(() => begun(file), signal);
  const received = new Set(upload.received);
  for (let number = 1; number <= upload.parts; number += 1) {
    onProgress?.((number - 1) / upload.parts);
    if (received.has(number)) continue;
    const part = file.slice((number - 1) * upload.part_size, number * upload.part_size);
    const digest = await digestOf(part);
    const path = `/api/v1/uploads/${upload.id}/parts/${number}`;
    await patiently(() => put(path, part, digest, signal), signal);
  }
  onProgress?.(1);
  const path = { upload_id: upload.id };
  let { data } = await patiently(() => completeUpload({ path, throwOnError: true }), signal);
  while (data.state === 'checking') {
    await pause(ASK_MS);
    signal?.throwIfAborted();
    ({ data } = await patiently(() => readUpload({ path, throwOnError: true }), signal));
  }
  localStorage.removeItem(rememberedAs(file));
  return data;
}

/** Forgets a file that will not be used. */
export async function forget(upload: Upload): Promise<void> {
  await cancelUpload({ path: { upload_id: upload.id }, throwOnError: false });
}

import { freshToken, refresh, type Token } from '@/core/auth/session';
import { getLocale } from '@/i18n';
import { apiUrl } from './api-origin';
import { ApiError, toProblem } from './problem';
import { traceparent } from './trace';

export interface UploadOptions {
  /** Called with the share that has left this device, 0 to 1. */
  onProgress?: ((share: number) => void) | undefined;
  signal?: AbortSignal | undefined;
  /** Sent again with the same key (a UUID), the form is recorded once. */
  key?: string | undefined;
}

interface Answer {
  response: Response;
  body: unknown;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** One POST by XMLHttpRequest: `fetch` can't tell how much of a body has been sent. */
function send(path: string, form: FormData, token: Token | null, options: UploadOptions) {
  return new Promise<Answer>((resolve, reject) => {
    const request = new XMLHttpRequest();
    const fail = () => {
      reject(new ApiError(toProblem(null, undefined)));
    };
    request.open('POST', apiUrl(path));
    request.setRequestHeader('Accept', 'application/json');
    request.setRequestHeader('Accept-Language', getLocale());
    request.setRequestHeader('traceparent', traceparent());
    if (options.key !== undefined) request.setRequestHeader('Idempotency-Key', options.key);
    if (token) request.setRequestHeader('Authorization', `Bearer ${token.value}`);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) options.onProgress?.(event.loaded / event.total);
    };
    request.onerror = fail;
    request.ontimeout = fail;
    const stopped = () => {
      reject(new DOMException('upload cancelled', 'AbortError'));
    };
    request.onabort = stopped;
    request.onload = () => {
      const wait = request.getResponseHeader('Retry-After');
      const headers = new Headers(wait === null ? {} : { 'Retry-After': wait });
      const response = new Response(null, { status: request.status, headers });
      resolve({ response, body: json(request.responseText) });
    };
    // It may have been stopped while the token was fetched; then there is nothing to send.
    if (options.signal?.aborted) {
      stopped();
      return;
    }
    options.signal?.addEventListener('abort', () => {
      request.abort();
    });
    request.send(form);
  });
}

/** Posts a form with a file as the signed-in person, with progress; after one 401 refreshes and sends again. */
export async function upload<T>(
  path: string,
  form: FormData,
  options: UploadOptions = {},
): Promise<T> {
  options.signal?.throwIfAborted();
  const token = await freshToken();
  let answer = await send(path, form, token, options);
  if (answer.response.status === 401 && token !== null) {
    const next = await refresh(token);
    if (next) answer = await send(path, form, next, options);
  }
  if (!answer.response.ok) throw new ApiError(toProblem(answer.body, answer.response));
  return answer.body as T;
}

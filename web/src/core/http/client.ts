import { client } from '@/api/client.gen';
import { authFetch } from '@/core/auth/auth-fetch';
import { getLocale } from '@/i18n';
import { apiCredentials, apiOrigin } from './api-origin';
import { ApiError, toProblem } from './problem';
import { traceparent } from './trace';

/** Prepares the generated client once, before anything is rendered. */
export function configureClient(): void {
  client.setConfig({
    baseUrl: apiOrigin() || window.location.origin,
    credentials: apiCredentials(),
    fetch: authFetch,
    throwOnError: true,
  });
  client.interceptors.request.use((request) => {
    request.headers.set('Accept-Language', getLocale());
    request.headers.set('traceparent', traceparent());
    return request;
  });
  client.interceptors.error.use((body, response) =>
    // A cancelled query is no error to show; TanStack Query knows it by its name.
    body instanceof DOMException && body.name === 'AbortError'
      ? body
      : new ApiError(toProblem(body, response)),
  );
}

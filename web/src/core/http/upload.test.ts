import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { acceptToken, resetSession } from '@/core/auth/session';
import { problemOf } from './problem';
import { upload } from './upload';

/** An XMLHttpRequest whose answers are scripted; `sent` keeps what reached it. */
function stubUploads(answers: { status: number; body: unknown; retryAfter?: string }[]) {
  const sent: { headers: Record<string, string>; body: FormData }[] = [];
  class Fake {
    upload: { onprogress: ((event: object) => void) | null } = { onprogress: null };
    onload: (() => void) | null = null;
    onerror: (() => void) | null = null;
    onabort: (() => void) | null = null;
    status = 0;
    responseText = '';
    private headers: Record<string, string> = {};
    private retryAfter: string | null = null;
    open() {}
    setRequestHeader(name: string, value: string) {
      this.headers[name] = value;
    }
    getResponseHeader() {
      return this.retryAfter;
    }
    abort() {
      this.onabort?.();
    }
    send(body: FormData) {
      sent.push({ headers: this.headers, body });
      const answer = answers.shift();
      this.upload.onprogress?.({ lengthComputable: true, loaded: 50, total: 100 });
      if (!answer) {
        this.onerror?.();
        return;
      }
      if (answer.status === -1) return; // Never answers.
      this.status = answer.status;
      this.responseText = JSON.stringify(answer.body);
      this.retryAfter = answer.retryAfter ?? null;
      this.onload?.();
    }
  }
  vi.stubGlobal('XMLHttpRequest', Fake);
  return sent;
}

const caught = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => error,
  );

beforeEach(() => {
  resetSession();
  acceptToken({ access_token: 'first', expires_in: 600 });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe('an upload', () => {
  it('tells how far it is, as the signed-in person', async () => {
    const sent = stubUploads([{ status: 201, body: { id: 'x' } }]);
    const shares: number[] = [];
    const answer = await upload('/api/v1/x', new FormData(), {
      onProgress: (share) => shares.push(share),
    });
    expect(answer).toEqual({ id: 'x' });
    expect(shares).toEqual([0.5]);
    expect(sent[0]?.headers).toMatchObject({
      Authorization: 'Bearer first',
      'Accept-Language': 'en',
    });
  });

  it('refreshes once when the token has run out, and sends the form again', async () => {
    const sent = stubUploads([
      { status: 401, body: {} },
      { status: 201, body: { id: 'x' } },
    ]);
    vi.stubGlobal('fetch', async () =>
      Response.json({ access_token: 'second', token_type: 'bearer', expires_in: 600 }),
    );
    const form = new FormData();
    form.set('note', 'kept');
    await upload('/api/v1/x', form);
    expect(sent.map((call) => call.headers['Authorization'])).toEqual([
      'Bearer first',
      'Bearer second',
    ]);
    expect(sent[1]?.body.get('note')).toBe('kept');
  });

  it('fails with the server’s problem', async () => {
    const type = 'https://dot-copilot.dev/problems/too-large';
    stubUploads([{ status: 413, body: { type, detail: 'At most 25 MB.' }, retryAfter: '7' }]);
    const problem = problemOf(await caught(upload('/api/v1/x', new FormData())));
    expect(problem).toMatchObject({
      slug: 'too-large',
      status: 413,
      detail: 'At most 25 MB.',
      retryAfter: 7,
    });
  });

  it('says that nobody answered when the connection breaks', async () => {
    stubUploads([]);
    const problem = problemOf(await caught(upload('/api/v1/x', new FormData())));
    expect(problem?.slug).toBe('offline');
  });

  it('can be stopped before it starts and on its way', async () => {
    const sent = stubUploads([{ status: -1, body: null }]);
    const early = new AbortController();
    const first = caught(upload('/api/v1/x', new FormData(), { signal: early.signal }));
    early.abort();
    expect(await first).toMatchObject({ name: 'AbortError' });
    expect(sent).toHaveLength(0);

    const late = new AbortController();
    const second = caught(upload('/api/v1/x', new FormData(), { signal: late.signal }));
    await vi.waitFor(() => {
      expect(sent).toHaveLength(1);
    });
    late.abort();
    expect(await second).toMatchObject({ name: 'AbortError' });
  });
});

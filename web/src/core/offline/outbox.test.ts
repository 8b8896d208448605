import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, OFFLINE } from '@/core/http/problem';
import { upload } from '@/core/http/upload';
import { newKey } from './key';
import { outbox, put, reload, remove, sendWaiting, type Waiting } from './outbox';

vi.mock('@/core/http/upload', () => ({ upload: vi.fn() }));
const server = vi.mocked(upload);

const form = (title: string, more: Partial<Waiting> = {}): Waiting => ({
  key: newKey(),
  userId: 'ana',
  path: '/api/v1/drivers/d1/evidence',
  title,
  fields: { requirement: 'mec', obtained_on: '2026-03-01' },
  file: {
    bytes: new TextEncoder().encode('photo').buffer,
    type: 'image/jpeg',
    name: 'card.jpg',
  },
  addedAt: Date.now(),
  refusal: null,
  ...more,
});

const problem = (status: number) => new ApiError({ ...OFFLINE, slug: 'x', status });
const titles = () => outbox().items.map((item) => item.title);

beforeEach(async () => {
  for (const item of await reload()) await remove(item.key);
  server.mockReset();
  server.mockResolvedValue({});
});

it('holds a form, its file and its key on the device until the server has it', async () => {
  const item = form('Card');
  await put(item);
  expect((await reload()).map(({ key }) => key)).toEqual([item.key]);
  const sent: string[] = [];
  await sendWaiting('ana', ({ title }) => sent.push(title));
  expect(sent).toEqual(['Card']);
  expect(await reload()).toEqual([]);
  const [path, body, options] = server.mock.lastCall!;
  expect(path).toBe('/api/v1/drivers/d1/evidence');
  expect(body.get('requirement')).toBe('mec');
  expect((body.get('file') as File).name).toBe('card.jpg');
  expect(options?.key).toBe(item.key);
});

describe('what keeps a form waiting, and under the same key', () => {
  it.each([
    ['no connection', new ApiError(OFFLINE)],
    ['a server in trouble', problem(503)],
    ['a session that has ended', problem(401)],
    ['too many at once', problem(429)],
    ['anything unforeseen', new TypeError('refresh answered 502')],
  ])('%s', async (_, error) => {
    const item = form('Card');
    await put(item);
    await put(form('Later', { addedAt: item.addedAt + 1 }));
    server.mockRejectedValueOnce(error);
    await sendWaiting('ana', () => undefined);
    expect(titles()).toEqual(['Card', 'Later']);
    expect(server).toHaveBeenCalledTimes(1);
    await sendWaiting('ana', () => undefined);
    expect(server.mock.calls[1]?.[2]?.key).toBe(item.key);
    expect(titles()).toEqual([]);
  });
});

it('keeps what the server refuses, with its reason, and goes on with the next', async () => {
  await put(form('Broken', { addedAt: 1 }));
  await put(form('Fine', { addedAt: 2 }));
  server.mockRejectedValueOnce(problem(415));
  await sendWaiting('ana', () => undefined);
  expect(outbox().items.map((item) => [item.title, item.refusal?.status])).toEqual([
    ['Broken', 415],
  ]);
  await sendWaiting('ana', () => undefined);
  expect(server).toHaveBeenCalledTimes(2);
});

it('sends nobody’s forms but those of whoever is signed in', async () => {
  await put(form('Hers'));
  await put(form('His', { userId: 'bo' }));
  await sendWaiting('bo', () => undefined);
  expect(titles()).toEqual(['Hers']);
});

it('tells how much has left the device', async () => {
  await put(form('Card'));
  const seen: (number | undefined)[] = [];
  server.mockImplementationOnce(async (_path, _form, options) => {
    options?.onProgress?.(0.4);
    seen.push(outbox().sending?.share);
    return Promise.resolve({});
  });
  await sendWaiting('ana', () => undefined);
  expect(seen).toEqual([0.4]);
  expect(outbox().sending).toBeNull();
});

it('makes keys the server knows as UUIDs', () => {
  const keys = Array.from({ length: 50 }, newKey);
  expect(new Set(keys).size).toBe(50);
  for (const key of keys) {
    expect(key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});

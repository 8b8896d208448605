import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it } from 'vitest';
import { outbox, reload, remove } from '@/core/offline/outbox';
import { problem, renderApp, signedIn } from '../../../tests/app';
import { expectAccessible } from '../../../tests/axe';
import { draftOf, emptyDraft, isComplete, wordsOf } from './draft';
import { onPad } from './strokes';

const text = 'I have received the policy of my employer.';
const toSign = {
  form_id: 'f1',
  version: 3,
  requirement: 'da_policy',
  title: 'Receipt of the policy',
  text,
  sha256: 'ab'.repeat(32),
};
const file = {
  driver: {
    id: 'd1',
    employee_id: 'E1',
    first_name: 'Ana',
    last_name: 'Reyes',
    terminal: { id: 't1', name: 'Memphis', time_zone: 'America/Chicago' },
  },
  as_of: '2026-03-01',
  employed: true,
  may_drive: true,
  reasons: [],
  restrictions: [],
  items: [],
};

afterEach(async () => {
  for (const item of await reload()) await remove(item.key);
});

describe('a driver signs', () => {
  const answers = signedIn(
    {
      'GET /drivers/d1/file': () => file,
      'GET /me/document-requests': () => ({ items: [] }),
      'GET /me/acknowledgements': () => ({ items: [toSign] }),
    },
    'driver',
  );

  it('what was read, by typing the name, and it waits on the phone until it is sent', async () => {
    renderApp('/', { ...answers, 'POST /me/acknowledgements/f1/sign': () => problem(503, 'x') });
    await userEvent.click(await screen.findByRole('button', { name: 'Read and sign' }));
    const sheet = await screen.findByRole('dialog', { name: 'Receipt of the policy' });
    expect(within(sheet).getByText(text)).toBeTruthy();
    await expectAccessible();
    await userEvent.click(within(sheet).getByRole('button', { name: 'Sign' }));
    expect(within(sheet).getByText('Type your full name.')).toBeTruthy();
    expect(within(sheet).getByText('Tick that you have read it.')).toBeTruthy();
    expect(outbox().items).toEqual([]);
    await userEvent.type(
      within(sheet).getByRole('textbox', { name: /Your full name/ }),
      'Ana Reyes',
    );
    await userEvent.click(within(sheet).getByRole('checkbox'));
    await userEvent.click(within(sheet).getByRole('button', { name: 'Sign' }));
    await waitFor(() => expect(outbox().items).toHaveLength(1));
    const [item] = outbox().items;
    expect(item?.path).toBe('/api/v1/me/acknowledgements/f1/sign');
    expect(JSON.parse(item?.fields['signature'] ?? '')).toEqual({
      version: 3,
      sha256: toSign.sha256,
      name: 'Ana Reyes',
      agreed: true,
      strokes: [],
    });
    // As far as the driver is concerned it is signed.
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Read and sign' })).toBeNull());
  });
});

describe('a manager', () => {
  const form = {
    id: 'f1',
    requirement: 'da_policy',
    version: 2,
    words: { en: { title: 'Receipt', text }, es: null },
    created_at: '2026-01-01T00:00:00Z',
    retired_at: null,
    signed: 12,
    wanted: 57,
  };

  it('sees how far each form has come, and writes the next version of what she read', async () => {
    const { calls } = renderApp(
      '/settings?tab=acknowledgements',
      signedIn(
        {
          'GET /acknowledgements': () => ({ items: [form] }),
          'PUT /acknowledgements/f1': () => form,
        },
        'safety_manager',
      ),
    );
    expect(await screen.findByText(/12 of 57 have signed/)).toBeTruthy();
    await expectAccessible();
    await userEvent.click(screen.getByRole('button', { name: 'New version of Receipt' }));
    const dialog = await screen.findByRole('dialog');
    const title = within(dialog).getByRole('textbox', { name: /Title in English/ });
    await userEvent.clear(title);
    await userEvent.type(title, 'Receipt, 2026');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(calls.find((call) => call.method === 'PUT')?.body).toBeTruthy());
    expect(calls.find((call) => call.method === 'PUT')?.body).toEqual({
      version: 2,
      words: { en: { title: 'Receipt, 2026', text }, es: null },
      ask_again: true,
    });
  });
});

it('takes Spanish wholly or not at all', () => {
  const draft = { ...emptyDraft(), titleEn: 'Receipt', textEn: text };
  expect(isComplete(emptyDraft())).toBe(false);
  expect(isComplete(draft)).toBe(true);
  expect(isComplete({ ...draft, titleEs: 'Recibo' })).toBe(false);
  expect(draftOf(wordsOf(draft))).toEqual(draft);
});

it('places a pointer on the field, and keeps what leaves it at the edge', () => {
  const box = { left: 10, top: 20, width: 300, height: 100 };
  expect(onPad({ clientX: 160, clientY: 70 }, box)).toEqual([500, 500]);
  expect(onPad({ clientX: -50, clientY: 500 }, box)).toEqual([0, 1000]);
});

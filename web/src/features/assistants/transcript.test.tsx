import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { TranscriptEntry } from '@/api';
import { renderApp, signedIn } from '../../../tests/app';
import { assistants } from '../../../tests/assistants';
import { expectAccessible } from '../../../tests/axe';

describe('the transcript', () => {
  const entry: TranscriptEntry = {
    id: 'a'.repeat(32),
    at: '2026-03-01T12:00:00Z',
    user: { id: 'me', name: 'Dana Whitfield' },
    client_name: 'Claude Code',
    upstream: 'github',
    tool: 'get_me',
    outcome: 'ok',
    duration_ms: 12,
    trace_id: null,
    expires_at: '2026-03-31T12:00:00Z',
  };
  const answers = (mode: string, result: unknown) =>
    signedIn({
      ...assistants,
      'GET /assistants/transcript': () => ({ mode, items: [entry], next_cursor: null }),
      [`GET /assistants/transcript/${entry.id}`]: () => ({
        ...entry,
        arguments: { query: '<b>Ruiz</b>' },
        result_bytes: 2048,
        result_sha256: 'f'.repeat(64),
        result,
      }),
    });

  it('opens a call with what was asked, and says what was not kept', async () => {
    renderApp('/assistants?tab=transcript', answers('arguments', null));
    expect(await screen.findByText(/of each answer its outcome and size/)).toBeTruthy();
    await userEvent.click(await screen.findByRole('button', { name: 'Open get_me' }));
    const drawer = await screen.findByRole('dialog');
    expect(await within(drawer).findByText(/<b>Ruiz<\/b>/)).toBeTruthy();
    expect(drawer.textContent).toContain('The answer was not kept; it had 2 kB.');
    await expectAccessible();
  });

  it('shows the answer too where it is kept', async () => {
    renderApp('/assistants?tab=transcript', answers('full', { login: 'octocat' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Open get_me' }));
    expect(await screen.findByText(/"login": "octocat"/)).toBeTruthy();
  });
});

import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { AssistantCall } from '@/api';
import { problem, renderApp, signedIn, type Answers } from '../../../tests/app';
import { assistants, held, noContent, tool, upstream } from '../../../tests/assistants';
import { expectAccessible } from '../../../tests/axe';

const panel = (name: string) => screen.findByRole('region', { name });

describe('what waits for a decision', () => {
  const waiting: Answers = {
    ...assistants,
    'GET /assistants/quarantine': () => ({ items: [held()] }),
  };

  it('is said on every tab, and leads to the texts', async () => {
    const { address } = renderApp('/assistants?tab=calls', signedIn(waiting));
    expect(await screen.findByText('1 tool waits for your decision')).toBeTruthy();
    await userEvent.click(screen.getByRole('link', { name: 'Look at them' }));
    expect(await panel('Waiting for your decision')).toBeTruthy();
    expect(address()).toBe('/assistants?tab=servers');
  });

  it('is no business of who can’t decide', async () => {
    const { calls } = renderApp('/assistants', signedIn(waiting, 'safety_manager'));
    await panel('Connected assistants');
    expect(calls.some((call) => call.path === '/assistants/quarantine')).toBe(false);
  });

  it('is shown side by side as text, never as markup, and nothing in it is invisible', async () => {
    renderApp('/assistants?tab=servers', signedIn(waiting));
    const table = await screen.findByRole('table', { name: 'Description' });
    expect(
      within(table)
        .getAllByRole('columnheader')
        .map((head) => head.textContent),
    ).toEqual(['Approved before', 'Offered now']);
    expect(table.querySelector('img, a, script')).toBeNull();
    expect(table.textContent).toContain('<img src=x onerror=alert(1)>');
    expect(table.textContent).toContain('⟨U+200B⟩');
    expect([...table.querySelectorAll('del')].map((mark) => mark.textContent)).toEqual(['file']);
    expect(screen.getByText(/characters nobody can see/)).toBeTruthy();
    await screen.findByRole('region', { name: 'Servers behind the gateway' });
    await expectAccessible();
  });

  it('is approved by the hash of what was read', async () => {
    let items = [held()];
    const { calls } = renderApp(
      '/assistants?tab=servers',
      signedIn({
        ...assistants,
        'GET /assistants/quarantine': () => ({ items }),
        'POST /assistants/quarantine/github/tool/get_file/approve': () => {
          items = [];
          return noContent();
        },
      }),
    );
    await userEvent.click(await screen.findByRole('button', { name: 'Approve get_file' }));
    expect(await screen.findByText('Nothing waits')).toBeTruthy();
    expect(calls.find((call) => call.path.endsWith('/approve'))?.body).toEqual({
      hash: 'b'.repeat(64),
    });
  });

  it('is shown anew when it changed while it was read', async () => {
    let items = [held()];
    renderApp(
      '/assistants?tab=servers',
      signedIn({
        ...assistants,
        'GET /assistants/quarantine': () => ({ items }),
        'POST /assistants/quarantine/github/tool/get_file/reject': () => {
          items = [
            held({ offered: { hash: 'c'.repeat(64), definition: { description: 'Third' } } }),
          ];
          return problem(409, 'definition-changed');
        },
      }),
    );
    await userEvent.click(await screen.findByRole('button', { name: 'Reject get_file' }));
    expect(await screen.findByText(/has changed this since you looked/)).toBeTruthy();
    expect(await screen.findByText('Third')).toBeTruthy();
  });

  it('shows a new tool whole, and one at a time', async () => {
    const fresh = held({ name: 'run_query', status: 'new', approved: null });
    renderApp(
      '/assistants?tab=servers',
      signedIn({ ...assistants, 'GET /assistants/quarantine': () => ({ items: [held(), fresh] }) }),
    );
    const toggle = await screen.findByRole('button', { name: /run_query/ });
    expect(toggle.getAttribute('aria-expanded')).toBe('false');
    toggle.focus();
    await userEvent.keyboard('{Enter}');
    expect(await screen.findByRole('button', { name: 'Approve run_query' })).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Approve get_file' })).toBeNull();
    expect(screen.queryByRole('table')).toBeNull();
  });
});

it('tells how each server is, and what that means', async () => {
  renderApp(
    '/assistants?tab=servers',
    signedIn({
      ...assistants,
      'GET /assistants/upstreams': () => ({
        items: [upstream({ state: 'down', detail: 'No answer within 2 s' })],
      }),
    }),
  );
  expect(await screen.findByText('Does not answer')).toBeTruthy();
  expect(screen.getByText('No answer within 2 s')).toBeTruthy();
  expect(screen.getByText(/stay listed as they were last seen/)).toBeTruthy();
});

it('lists the tools by server, with how far each may go, and finds one', async () => {
  const items = [
    tool('search_drivers', { title: 'Search drivers' }),
    tool('record_evidence', { read_only: false, scope: 'evidence:write' }),
    tool('delete_all', { upstream: 'other', read_only: false, destructive: true, status: 'new' }),
  ];
  renderApp(
    '/assistants?tab=tools',
    signedIn({ ...assistants, 'GET /assistants/tools': () => ({ items }) }),
  );
  const own = await panel('Tools of dot-copilot');
  expect(own.textContent).toContain('2 tools');
  expect(own.textContent).toContain('Needs the permission to record evidence');
  const other = await panel('Tools of other');
  expect(other.textContent).toContain('Can delete or overwrite');
  expect(other.textContent).toContain('New, waits for approval');
  await expectAccessible();
  await userEvent.type(screen.getByRole('searchbox', { name: 'Find a tool' }), 'EVIDENCE');
  expect(screen.queryByText('Search drivers')).toBeNull();
  expect(screen.getByText('record_evidence')).toBeTruthy();
});

describe('recent calls', () => {
  const call = (seq: number, more: Partial<AssistantCall> = {}): AssistantCall => ({
    seq,
    at: '2026-03-01T12:00:00Z',
    user: { id: 'me', name: 'Dana Whitfield' },
    client_name: 'Claude Code',
    client_id: 'c-7',
    upstream: 'dot-copilot',
    tool: 'driver_file',
    outcome: 'ok',
    duration_ms: 18.2,
    arguments_sha256: null,
    count: 1,
    ...more,
  });

  it('say who, through what, and how it went, page by page', async () => {
    renderApp(
      '/assistants?tab=calls',
      signedIn({
        ...assistants,
        'GET /assistants/calls': (request) =>
          request.url.includes('cursor=2')
            ? { items: [call(1, { outcome: 'timeout', duration_ms: null })], next_cursor: null }
            : { items: [call(2)], next_cursor: '2' },
      }),
    );
    const row = (await screen.findByText('Done')).closest('tr')!;
    expect(row.textContent).toContain('Dana Whitfield');
    expect(row.textContent).toContain('Claude Code');
    expect(row.textContent).toContain('18 ms');
    await userEvent.click(screen.getByRole('button', { name: 'Show more' }));
    expect(await screen.findByText('Took too long')).toBeTruthy();
    expect(screen.getByRole('link', { name: 'Open in the audit log' }).getAttribute('href')).toBe(
      '/audit?action=assistant.*',
    );
    await expectAccessible();
  });

  it('teach what will be there, without a dead end to the log', async () => {
    renderApp('/assistants?tab=calls', signedIn(assistants, 'driver'));
    expect(await screen.findByText('No calls yet')).toBeTruthy();
    expect(screen.queryByRole('link', { name: 'Open in the audit log' })).toBeNull();
  });
});

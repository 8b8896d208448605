import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { problem, renderApp, signedIn } from '../../../tests/app';
import { assistants, connection, noContent } from '../../../tests/assistants';
import { expectAccessible } from '../../../tests/axe';

const panel = (name: string) => screen.findByRole('region', { name });

describe('connected assistants', () => {
  it('say what they may do in plain words', async () => {
    renderApp('/assistants', signedIn(assistants));
    const list = await panel('Connected assistants');
    expect(
      await within(list).findByText('May read drivers and their files and record evidence'),
    ).toBeTruthy();
    expect(list.textContent).toContain('not used yet');
    await screen.findByText('http://localhost:8080/mcp');
    await screen.findByLabelText('Personal access token');
    await expectAccessible();
  });

  it('are disconnected after a question', async () => {
    let items = [connection()];
    const { calls } = renderApp(
      '/assistants',
      signedIn({
        ...assistants,
        'GET /assistants/connections': () => ({ items }),
        'DELETE /assistants/connections/k1': () => {
          items = [];
          return noContent();
        },
      }),
    );
    await userEvent.click(await screen.findByRole('button', { name: 'Disconnect Claude Code' }));
    const dialog = await screen.findByRole('dialog', { name: 'Disconnect Claude Code?' });
    expect(calls.some((call) => call.method === 'DELETE')).toBe(false);
    await userEvent.click(within(dialog).getByRole('button', { name: 'Disconnect' }));
    expect(await screen.findByText('No assistant is connected')).toBeTruthy();
  });

  it('of everybody are an administrator’s to see', async () => {
    const { calls } = renderApp(
      '/assistants',
      signedIn({
        ...assistants,
        'GET /assistants/connections': (request) => ({
          items: request.url.includes('all=true')
            ? [connection({ user: { id: 'u2', name: 'Luis Ortega' } })]
            : [],
        }),
      }),
    );
    await userEvent.click(await screen.findByText('Everybody’s'));
    expect(await screen.findByText('Claude Code – Luis Ortega')).toBeTruthy();
    expect(calls.at(-1)?.query.get('all')).toBe('true');
    await userEvent.click(screen.getByRole('button', { name: 'Disconnect Claude Code' }));
    expect(await screen.findByText(/It acts for Luis Ortega/)).toBeTruthy();
  });

  it('explain an error in place, and load again', async () => {
    let down = true;
    renderApp(
      '/assistants',
      signedIn({
        ...assistants,
        'GET /assistants/connections': () =>
          down ? problem(503, 'unavailable') : { items: [connection()] },
      }),
    );
    const list = await panel('Connected assistants');
    await within(list).findByRole('alert');
    down = false;
    await userEvent.click(within(list).getByRole('button', { name: 'Try again' }));
    expect(await within(list).findByText('Claude Code')).toBeTruthy();
  });
});

describe('how to connect', () => {
  it('gives each client its text, by keyboard too', async () => {
    const user = userEvent.setup();
    renderApp('/assistants', signedIn(assistants));
    const first = await screen.findByRole('tab', { name: 'Claude Code' });
    expect(screen.getByText(/claude mcp add --transport http/).textContent).toContain(
      'http://localhost:8080/mcp',
    );
    first.focus();
    await user.keyboard('{ArrowRight}{ArrowRight}');
    expect(await screen.findByText(/ChatGPT comes over the internet/)).toBeTruthy();
    await user.click(screen.getByRole('tab', { name: 'VS Code' }));
    expect(await screen.findByText('Goes into .vscode/mcp.json')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Copy the text for VS Code' }));
    expect(JSON.parse(await navigator.clipboard.readText())).toEqual({
      servers: { 'dot-copilot': { type: 'http', url: 'http://localhost:8080/mcp' } },
    });
  });
});

describe('the GitHub token', () => {
  it('is sent once, and nothing of it stays on the page', async () => {
    const { calls } = renderApp(
      '/assistants',
      signedIn({
        ...assistants,
        'PUT /assistants/github-token': () => ({
          attached: true,
          login: 'dwhitfield',
          attached_at: '2026-03-01T12:00:00Z',
          checked: true,
        }),
      }),
    );
    const field = await screen.findByLabelText('Personal access token');
    expect(field.getAttribute('type')).toBe('password');
    await userEvent.type(field, 'github_pat_secret');
    await userEvent.click(screen.getByRole('button', { name: 'Attach token' }));
    expect(await screen.findByText('dwhitfield')).toBeTruthy();
    expect(screen.getByText('Accepted by GitHub')).toBeTruthy();
    expect(calls.find((call) => call.method === 'PUT')?.body).toEqual({
      token: 'github_pat_secret',
    });
    expect(document.body.innerHTML).not.toContain('github_pat_secret');
    expect(screen.queryByLabelText('Personal access token')).toBeNull();
  });

  it('says at the field that GitHub refuses it, and asks for one before it sends none', async () => {
    const { calls } = renderApp(
      '/assistants',
      signedIn({
        ...assistants,
        'PUT /assistants/github-token': () => problem(422, 'github-token-refused'),
      }),
    );
    const attach = await screen.findByRole('button', { name: 'Attach token' });
    await userEvent.click(attach);
    expect(await screen.findByText('Paste the token.')).toBeTruthy();
    expect(calls.some((call) => call.method === 'PUT')).toBe(false);
    const field = screen.getByLabelText('Personal access token');
    await userEvent.type(field, 'wrong');
    await userEvent.click(attach);
    await waitFor(() => {
      expect(field.getAttribute('aria-invalid')).toBe('true');
    });
    expect(await screen.findByText(/GitHub does not accept this token/)).toBeTruthy();
  });

  it('is removed after a question', async () => {
    renderApp(
      '/assistants',
      signedIn({
        ...assistants,
        'GET /assistants/github-token': () => ({ attached: true, login: 'dw', checked: false }),
        'DELETE /assistants/github-token': noContent,
      }),
    );
    await screen.findByText('Not checked yet');
    await userEvent.click(screen.getByRole('button', { name: 'Remove token' }));
    const dialog = await screen.findByRole('dialog');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Remove token' }));
    expect(await screen.findByLabelText('Personal access token')).toBeTruthy();
  });

  it('is nothing for drivers, and neither are servers', async () => {
    renderApp('/assistants', signedIn(assistants, 'driver'));
    await panel('Connect an assistant');
    expect(screen.queryByRole('region', { name: 'GitHub' })).toBeNull();
    expect(screen.queryByRole('tab', { name: 'Servers' })).toBeNull();
    expect(screen.queryByText('Everybody’s')).toBeNull();
  });
});

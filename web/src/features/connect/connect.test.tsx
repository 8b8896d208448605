import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConsentRequest, ConsentScope, Scope } from '@/api';
import { me, problem, renderApp, signedIn, token, type Answers } from '../../../tests/app';
import { expectAccessible } from '../../../tests/axe';
import { leave, maySend } from './leave';

vi.mock('./leave', async (original) => ({
  ...(await original<typeof import('./leave')>()),
  leave: vi.fn(),
}));
beforeEach(() => {
  vi.mocked(leave).mockReset();
});

const scope = (name: Scope, more: Partial<ConsentScope> = {}): ConsentScope => ({
  scope: name,
  title: `Title of ${name}`,
  description: `About ${name}`,
  write: false,
  allowed: true,
  tools: [{ name: 'search_drivers', title: 'Search drivers', description: 'By name.' }],
  ...more,
});

const consent = (more: Partial<ConsentRequest> = {}): ConsentRequest => ({
  id: 'r1',
  client: {
    id: 'c-7',
    name: 'Claude Code',
    uri: null,
    redirect_host: 'this computer',
    verified: false,
  },
  scopes: [
    scope('drivers:read'),
    scope('evidence:write', { write: true }),
    scope('audit:read', { allowed: false }),
    scope('offline_access', { tools: [] }),
  ],
  expires_at: '2026-03-01T12:10:00Z',
  ...more,
});

const asked = (request: ConsentRequest, more: Answers = {}): Answers => ({
  'GET /assistants/requests/r1': () => request,
  'POST /assistants/requests/r1/approve': () => ({ redirect_to: 'https://a.example/cb?code=1' }),
  'POST /assistants/requests/r1/deny': () => ({ redirect_to: 'https://a.example/cb?error=x' }),
  ...more,
});
const open = (answers: Answers) => renderApp('/connect?request=r1', answers);
const question = () => screen.findByRole('heading', { name: 'Let Claude Code act for you?' });

describe('the question', () => {
  it('says who asks, for whom, where the answer goes, and that the name is unproven', async () => {
    open(signedIn(asked(consent()), 'supervisor'));
    await question();
    const page = screen.getByRole('main').textContent;
    expect(page).toContain('Dana Whitfield (Supervisor) at Prairie Line');
    expect(page).toContain('It says it is “Claude Code”, and any program can say that.');
    expect(page).toContain('a program on this computer');
    await expectAccessible();
  });

  it('says by whom a name is proven', async () => {
    const client = {
      id: 'https://claude.ai/client.json',
      name: 'Claude Code',
      uri: null,
      redirect_host: 'claude.ai',
      verified: true,
    };
    open(signedIn(asked(consent({ client }))));
    await question();
    expect(screen.getByText(/Verified: claude\.ai publishes/)).toBeTruthy();
    expect(screen.queryByText('Not verified')).toBeNull();
  });

  it('lets no name hide or turn around what stands beside it', async () => {
    const client = { ...consent().client, name: 'Claude\u200b \u202ereifirev' };
    open(signedIn(asked(consent({ client }))));
    const title = await screen.findByRole('heading', { level: 1 });
    expect(title.textContent).toBe('Let Claude⟨U+200B⟩ ⟨U+202E⟩reifirev act for you?');
  });

  it('tells reading from changing, and names what the role can’t give', async () => {
    open(signedIn(asked(consent()), 'supervisor'));
    await question();
    expect(screen.getAllByRole('checkbox')).toHaveLength(3);
    const boxOf = (name: string) =>
      screen.getByRole('checkbox', { name }).closest('[class*=scope]')?.textContent ?? '';
    expect(boxOf('Title of evidence:write')).toContain('Changes records');
    expect(boxOf('Title of drivers:read')).toContain('Only reads');
    const refused = screen.getByRole('heading', { name: 'Not available to you' }).parentElement!;
    expect(within(refused).getByText('Title of audit:read')).toBeTruthy();
    expect(refused.textContent).toContain('your role (Supervisor) does not include it');
  });
});

describe('the answer', () => {
  it('grants what is ticked, and goes where the server says', async () => {
    const { calls } = open(signedIn(asked(consent())));
    await question();
    await userEvent.click(screen.getByRole('checkbox', { name: 'Title of evidence:write' }));
    await userEvent.click(screen.getByRole('button', { name: 'Allow' }));
    expect(
      await screen.findByRole('heading', { name: 'Claude Code may act for you' }),
    ).toBeTruthy();
    const sent = calls.find((call) => call.path.endsWith('/approve'));
    expect(sent?.body).toEqual({ scopes: ['drivers:read', 'offline_access'] });
    expect(leave).toHaveBeenCalledExactlyOnceWith('https://a.example/cb?code=1');
    await expectAccessible();
  });

  it('can be given from the keyboard alone', async () => {
    const { calls } = open(signedIn(asked(consent())));
    await question();
    screen.getByRole('checkbox', { name: 'Title of drivers:read' }).focus();
    await userEvent.keyboard(' {Enter}');
    await waitFor(() => expect(leave).toHaveBeenCalled());
    const sent = calls.find((call) => call.path.endsWith('/approve'));
    expect(sent?.body).toEqual({ scopes: ['evidence:write', 'offline_access'] });
  });

  it('asks for at least one thing before it grants nothing', async () => {
    const { calls } = open(signedIn(asked(consent())));
    await question();
    for (const name of ['Title of drivers:read', 'Title of evidence:write'])
      await userEvent.click(screen.getByRole('checkbox', { name }));
    await userEvent.click(screen.getByRole('button', { name: 'Allow' }));
    expect(await screen.findByText(/Tick at least one thing/)).toBeTruthy();
    expect(calls.some((call) => call.path.endsWith('/approve'))).toBe(false);
  });

  it('may be no', async () => {
    const { calls } = open(signedIn(asked(consent())));
    await question();
    await userEvent.click(screen.getByRole('button', { name: 'Don’t allow' }));
    expect(await screen.findByText('Claude Code may not act for you')).toBeTruthy();
    expect(leave).toHaveBeenCalledExactlyOnceWith('https://a.example/cb?error=x');
    expect(calls.some((call) => call.path.endsWith('/approve'))).toBe(false);
  });

  it('can only be no where the role holds nothing of it', async () => {
    open(signedIn(asked(consent({ scopes: [scope('audit:read', { allowed: false })] })), 'driver'));
    await question();
    expect(screen.queryByRole('button', { name: 'Allow' })).toBeNull();
    expect(screen.getByText(/nothing to allow/)).toBeTruthy();
  });

  it('stays possible when the server failed', async () => {
    let failing = true;
    const answers = asked(consent());
    const approve = answers['POST /assistants/requests/r1/approve']!;
    answers['POST /assistants/requests/r1/approve'] = (request) =>
      failing ? problem(503, 'unavailable') : approve(request);
    open(signedIn(answers));
    await question();
    await userEvent.click(screen.getByRole('button', { name: 'Allow' }));
    expect((await screen.findByRole('alert')).textContent).toContain('does not answer right now');
    expect(leave).not.toHaveBeenCalled();
    failing = false;
    await userEvent.click(screen.getByRole('button', { name: 'Allow' }));
    expect(
      await screen.findByRole('heading', { name: 'Claude Code may act for you' }),
    ).toBeTruthy();
  });

  it('is never sent to an address that would run here', async () => {
    open(
      signedIn(
        asked(consent(), {
          'POST /assistants/requests/r1/approve': () => ({ redirect_to: 'javascript:alert(1)' }),
        }),
      ),
    );
    await question();
    await userEvent.click(screen.getByRole('button', { name: 'Allow' }));
    expect(await screen.findByText(/not safe to open/)).toBeTruthy();
    expect(screen.queryByRole('button', { name: /Go back/ })).toBeNull();
  });
});

describe('no question', () => {
  it('says what to do when the request is over', async () => {
    open(signedIn({ 'GET /assistants/requests/r1': () => problem(410, 'consent-ended') }));
    expect(await screen.findByRole('heading', { name: 'This request is over' })).toBeTruthy();
    expect(screen.getByText(/choose “Connect” there again/)).toBeTruthy();
    await expectAccessible();
  });

  it('says so too when it ended while it was read', async () => {
    open(
      signedIn(
        asked(consent(), {
          'POST /assistants/requests/r1/approve': () => problem(410, 'consent-ended'),
        }),
      ),
    );
    await question();
    await userEvent.click(screen.getByRole('button', { name: 'Allow' }));
    expect(await screen.findByRole('heading', { name: 'This request is over' })).toBeTruthy();
    expect(leave).not.toHaveBeenCalled();
  });

  it('explains itself to who came without a request', async () => {
    renderApp('/connect', signedIn({}));
    expect(await screen.findByRole('heading', { name: 'No assistant is asking' })).toBeTruthy();
    expect(screen.getByRole('link', { name: 'Open Assistants' }).getAttribute('href')).toBe(
      '/assistants',
    );
  });
});

it('has a visitor sign in first, and comes back to the question', async () => {
  const { address } = open({
    ...asked(consent()),
    'POST /auth/refresh': () => problem(401, 'session-ended'),
    'POST /auth/login': () => token,
    'GET /me': () => me(),
  });
  await userEvent.type(await screen.findByLabelText('E-mail'), 'dana@carrier.example');
  await userEvent.type(screen.getByLabelText('Password'), 'correct horse battery');
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
  await question();
  expect(address()).toBe('/connect?request=r1');
});

it('lets somebody else answer, without losing the request', async () => {
  const { address } = open(
    signedIn(asked(consent(), { 'POST /auth/logout': () => new Response(null, { status: 204 }) })),
  );
  await question();
  await userEvent.click(screen.getByRole('button', { name: /somebody else/ }));
  expect(await screen.findByRole('heading', { name: 'Sign in' })).toBeTruthy();
  expect(new URLSearchParams(address().split('?')[1]).get('next')).toBe('/connect?request=r1');
});

describe('where an answer may be sent', () => {
  it.each([
    ['https://claude.ai/cb?code=1', true],
    ['http://127.0.0.1:33418/cb', true],
    ['cursor://anysphere.cursor-mcp/oauth', true],
    ['javascript:alert(1)', false],
    ['data:text/html,x', false],
    ['blob:https://x/1', false],
    ['/relative', false],
  ])('%s: %s', (address, safe) => {
    expect(maySend(address)).toBe(safe);
  });
});

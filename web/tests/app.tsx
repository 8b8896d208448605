import { createMemoryHistory } from '@tanstack/react-router';
import { render } from '@testing-library/react';
import { vi } from 'vitest';
import type { Me, Permission, Role } from '@/api';
import { App } from '@/app/App';
import { makeRouter } from '@/app/router';
import { followSession } from '@/app/wiring';
import { resetSession } from '@/core/auth/session';
import { configureClient } from '@/core/http/client';
import { makeQueryClient } from '@/core/http/query-client';

/** Answers by "METHOD /path" below /api/v1: JSON, or a Response as it is. */
export type Answers = Record<string, (request: Request) => unknown>;

export interface Call {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
}

export function problem(status: number, slug: string, more: object = {}): Response {
  const body = { type: `https://dot-copilot.dev/problems/${slug}`, title: '', status, detail: '' };
  return Response.json({ ...body, ...more }, { status });
}

const FLEET: Permission[] = [
  'drivers:read',
  'drivers:write',
  'evidence:write',
  'evidence:review',
  'roster:import',
  'audit:read',
  'shares:manage',
  'carrier:manage',
  'policy:manage',
  'users:manage',
  'operations:read',
];

export function me(role: Role = 'admin', more: Partial<Me> = {}): Me {
  const permissions: Record<Role, Permission[]> = {
    admin: FLEET,
    safety_manager: FLEET.filter(
      (permission) => permission !== 'users:manage' && permission !== 'operations:read',
    ),
    supervisor: ['drivers:read', 'evidence:write'],
    coach: ['drivers:read'],
    auditor: ['drivers:read', 'audit:read'],
    driver: ['own-file:read', 'own-evidence:write'],
  };
  return {
    id: 'me',
    email: 'dana@carrier.example',
    name: 'Dana Whitfield',
    role,
    locale: 'en',
    carrier: { id: 'c', usdot: '314159', name: 'Prairie Line' },
    terminal_id: null,
    more_terminals: [],
    driver_id: role === 'driver' ? 'd1' : null,
    expires_on: null,
    permissions: permissions[role],
    ...more,
  };
}

export const token = { access_token: 'token', token_type: 'bearer', expires_in: 600 };

/** The whole application at an address, with `answers` in place of the server. Returns what was asked. */
export function renderApp(
  path: string,
  answers: Answers,
): { calls: Call[]; address: () => string } {
  resetSession();
  const calls: Call[] = [];
  vi.stubGlobal('fetch', async (input: RequestInfo | URL, init?: RequestInit) => {
    const url = typeof input === 'string' ? new URL(input, window.location.origin) : input;
    const request = new Request(url, init);
    const { pathname, searchParams } = new URL(request.url);
    const name = `${request.method} ${pathname.replace('/api/v1', '')}`;
    const text = await request.clone().text();
    calls.push({
      method: request.method,
      path: pathname.replace('/api/v1', ''),
      query: searchParams,
      body: text.startsWith('{') ? (JSON.parse(text) as unknown) : text,
    });
    const answer = answers[name]?.(request) ?? problem(404, 'not-found');
    return answer instanceof Response ? answer : Response.json(answer);
  });
  configureClient();
  const queries = makeQueryClient();
  queries.setDefaultOptions({ queries: { retry: false } });
  const history = createMemoryHistory({ initialEntries: [path] });
  const router = makeRouter(queries, history);
  followSession(queries, router);
  render(<App queries={queries} router={router} env="test" />);
  return { calls, address: () => history.location.href };
}

export function signedIn(answers: Answers, role: Role = 'admin'): Answers {
  return {
    'POST /auth/refresh': () => token,
    'GET /me': () => me(role),
    'GET /requirements': () => ({ items: [] }),
    'GET /terminals': () => ({
      items: [
        {
          id: 't1',
          name: 'Memphis',
          code: 'MEM',
          city: 'Memphis',
          state: 'TN',
          time_zone: 'America/Chicago',
        },
      ],
      next_cursor: null,
    }),
    ...answers,
  };
}

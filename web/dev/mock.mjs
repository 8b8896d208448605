// `npm run dev:mock`: Vite with a made-up API behind it. ROWS=5000, ROLE=driver, DELAY=800 (ms), PORT=5173.
import { createServer as createApi } from 'node:http';
import { createServer as createVite } from 'vite';
import { assistantRoutes } from './assistants.mjs';
import { audit, drivers, file, summary, upcoming } from './answers.mjs';
import { makeFleet, requirements, terminals } from './fleet.mjs';
import { operationsRoutes } from './operations.mjs';

const fleet = makeFleet(Number(process.env.ROWS ?? 61));
const delay = Number(process.env.DELAY ?? 0);
let role = process.env.ROLE ?? 'admin';
const carrier = {
  id: terminals[0].id,
  usdot: '3141592',
  name: 'Prairie Line Freight',
  mc_number: '271828',
  default_time_zone: 'America/Chicago',
  warning_days: 30,
};
const PERMISSIONS = {
  admin:
    'drivers:read drivers:write evidence:write evidence:review roster:import audit:read carrier:manage policy:manage users:manage operations:read',
  safety_manager:
    'drivers:read drivers:write evidence:write evidence:review roster:import audit:read carrier:manage policy:manage',
  supervisor: 'drivers:read evidence:write',
  auditor: 'drivers:read audit:read',
  driver: 'own-file:read own-evidence:write',
};
let locale = process.env.LOCALE ?? 'en';
const me = () => ({
  id: '00000000-0000-4000-8009-000000000001',
  email: `${role}@example.com`,
  name: 'Dana Whitfield',
  role,
  locale,
  carrier: { id: carrier.id, usdot: carrier.usdot, name: carrier.name },
  terminal_id: null,
  driver_id: role === 'driver' ? (fleet[0]?.id ?? null) : null,
  expires_on: null,
  permissions: PERMISSIONS[role].split(' '),
});
const user = (index, has) => ({
  id: `00000000-0000-4000-8009-00000000000${index}`,
  email: `${has}@example.com`,
  name: ['Dana Whitfield', 'Luis Ortega', 'Ann Petrie', 'Sam Cole', 'Rosa Gil'][index - 1],
  role: has,
  locale: 'en',
  terminal_id: has === 'supervisor' ? terminals[0].id : null,
  driver_id: has === 'driver' ? (fleet[0]?.id ?? null) : null,
  expires_on: has === 'auditor' ? '2027-01-31' : null,
  disabled: index === 4,
  password_is_one_time: index === 3,
  last_signed_in_at: new Date().toISOString(),
  created_at: '2026-01-01T00:00:00Z',
});
const token = { access_token: 'mock', token_type: 'bearer', expires_in: 600 };
const now = new Date().toISOString();
const list = (items) => ({ items, next_cursor: null });

/** [method, path as a pattern, answer(query, match, body, role) -> JSON, a problem by its type, or null for 204] */
const routes = [
  ['POST', /auth\/login$/, (_q, _m, body) => ((role = roleOf(body.email)), token)],
  ['POST', /auth\/refresh$/, () => token],
  ['POST', /auth\/(logout|logout-everywhere|password)$/, () => null],
  ['GET', /me$/, me],
  ['PATCH', /me$/, (_q, _m, body) => ((locale = body.locale ?? locale), me())],
  [
    'GET',
    /me\/sessions$/,
    () => ({
      items: [true, false].map((current, index) => ({
        id: `00000000-0000-4000-800a-00000000000${index}`,
        via: 'web',
        user_agent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/142.0',
        address: '203.0.113.7',
        created_at: now,
        refreshed_at: now,
        expires_at: now,
        current,
      })),
    }),
  ],
  ['GET', /carrier$/, () => carrier],
  ['PATCH', /carrier$/, (_q, _m, body) => Object.assign(carrier, body)],
  ['GET', /terminals$/, () => list(terminals)],
  [
    'GET',
    /users$/,
    () =>
      list(
        ['admin', 'safety_manager', 'supervisor', 'driver', 'auditor'].map((has, index) =>
          user(index + 1, has),
        ),
      ),
  ],
  ['GET', /requirements$/, () => ({ items: requirements })],
  ['GET', /compliance\/summary$/, (query) => summary(fleet, query.get('as_of') ?? undefined)],
  ['GET', /compliance\/upcoming$/, (query) => upcoming(fleet, query)],
  ['GET', /drivers$/, (query) => drivers(fleet, query)],
  [
    'GET',
    /drivers\/([\w-]+)\/file$/,
    (query, [, id]) => file(byId(id), query.get('as_of') ?? undefined),
  ],
  ['GET', /drivers\/([\w-]+)$/, (_q, [, id]) => file(byId(id)).driver],
  ['GET', /drivers\/[\w-]+\/(evidence|employments|waivers)$/, () => list([])],
  ['GET', /roster-imports$/, () => list([])],
  ['GET', /audit$/, (query) => audit(query)],
  ['GET', /audit\/verify$/, () => ({ ok: true, checked: 120, broken_at: null })],
  ...assistantRoutes,
  ...operationsRoutes,
];
const byId = (id) => fleet.find((driver) => driver.id === id) ?? fleet[0];
const roleOf = (email) => Object.keys(PERMISSIONS).find((entry) => email.startsWith(entry)) ?? role;

const api = createApi(async (request, response) => {
  const url = new URL(request.url, 'http://mock');
  let text = '';
  for await (const chunk of request) text += chunk;
  await new Promise((resolve) => setTimeout(resolve, delay));
  const send = (status, body, type = 'application/json') => {
    response.writeHead(status, { 'Content-Type': type });
    response.end(body === null ? undefined : JSON.stringify(body));
  };
  for (const [method, pattern, answer] of routes) {
    const match = new RegExp(`^/api/v1/${pattern.source}`).exec(url.pathname);
    if (method !== request.method || !match) continue;
    const body = text.startsWith('{') ? JSON.parse(text) : {};
    if (body.password === 'wrong') {
      return send(
        401,
        {
          type: 'https://dot-copilot.dev/problems/wrong-credentials',
          title: '',
          status: 401,
          detail: '',
        },
        'application/problem+json',
      );
    }
    const result = answer(url.searchParams, match, body, role);
    if (result?.type) return send(result.status, result, 'application/problem+json');
    return send(result === null ? 204 : 200, result);
  }
  send(
    404,
    {
      type: 'https://dot-copilot.dev/problems/not-found',
      title: 'There is no such thing here',
      status: 404,
      detail: url.pathname,
    },
    'application/problem+json',
  );
});

api.listen(0, '127.0.0.1', async () => {
  process.env.DOT_API = `http://127.0.0.1:${api.address().port}`;
  const vite = await createVite({ server: { port: Number(process.env.PORT ?? 5173) } });
  await vite.listen();
  vite.printUrls();
});

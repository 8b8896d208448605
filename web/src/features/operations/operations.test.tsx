import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { problem, renderApp, signedIn, type Answers } from '../../../tests/app';
import { expectAccessible } from '../../../tests/axe';
import { alert, logLine, part, platform, source, withParts } from '../../../tests/operations';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const charts = {
  times: [1_795_000_000, 1_795_000_015],
  source: source('metrics'),
  charts: [
    { name: 'requests', unit: 'per_second', lines: [{ name: 'api', values: [1, 12.4] }] },
    { name: 'jobs', unit: 'per_second', lines: [] },
  ],
};
const traces = {
  items: [
    {
      trace_id: TRACE,
      name: 'GET /api/v1/drivers',
      part: 'api-1',
      parts: ['api-1'],
      started_at: '2026-11-28T03:00:00Z',
      duration_ms: 1840,
      failed: true,
      spans: 4,
    },
  ],
  next_cursor: null,
  source: source('traces'),
};

function answers(map: () => unknown = () => platform()): Answers {
  return signedIn({
    'GET /operations/map': map,
    'GET /operations/charts': () => charts,
    'GET /operations/traces': () => traces,
    'GET /operations/logs': () => ({
      items: [logLine('nothing to see', { trace_id: TRACE })],
      next_cursor: null,
      source: source('logs'),
    }),
    'GET /operations/parts/postgres/charts': () => ({ ...charts, name: 'postgres', charts: [] }),
  });
}

describe('the operations page', () => {
  it('says first that everything works, then draws every part', async () => {
    renderApp('/operations', answers());
    expect(await screen.findByText('Everything works')).toBeTruthy();
    expect(screen.getByText('All 11 parts are ready')).toBeTruthy();
    const backend = screen.getByRole('region', { name: 'Backend network' });
    expect(
      within(backend)
        .getAllByRole('button')
        .map((box) => box.textContent),
    ).toEqual([
      'WorkerWorks',
      'API2 of 2 work',
      'MCP gatewayWorks',
      'PostgreSQLWorks60/s, 2 ms',
      'ValkeyWorks',
      'Blob storageWorks',
      'OpenBaoWorks',
    ]);
    expect(
      screen.getByRole('button', { name: 'nginx to API: 10/s, 4% fail, 95 % within 30 ms' }),
    ).toBeTruthy();
    await expectAccessible();
  });

  it('names what does not work, for how long, and opens it', async () => {
    const since = new Date(Date.now() - 40_000).toISOString();
    const map = withParts({ postgres: { state: 'down', since, detail: 'killed by signal 9' } });
    const { address } = renderApp(
      '/operations',
      answers(() => map),
    );
    const sentence = await screen.findByRole('button', {
      name: /PostgreSQL has not been working for 4\d s/,
    });
    expect(sentence.textContent).toContain('killed by signal 9');
    await userEvent.click(sentence);
    const panel = await screen.findByRole('dialog');
    expect(address()).toContain('part=postgres');
    expect(await within(panel).findByText('nothing to see')).toBeTruthy();
    expect(within(panel).getByText('API to PostgreSQL: 58/s, 95 % within 2 ms')).toBeTruthy();
    await userEvent.keyboard('{Escape}');
    await vi.waitFor(() => {
      expect(address()).not.toContain('part=');
    });
  });

  it('shows what this installation does without as no fault, and says how to have it', async () => {
    const parts = [
      ...platform().parts,
      part('mongodb', { label: 'MongoDB', kind: 'documents', state: 'absent' }),
    ];
    renderApp(
      '/operations',
      answers(() => platform({ parts })),
    );
    expect(await screen.findByText('Everything works')).toBeTruthy();
    expect(screen.getByText('All 11 parts are ready')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: /MongoDB\s*Not installed/ }));
    const panel = within(await screen.findByRole('dialog'));
    expect(panel.getByText(/Not part of this installation/)).toBeTruthy();
    expect(panel.getByText(/DOT_EVENT_DOCUMENTS=mongodb/)).toBeTruthy();
    expect(panel.queryByRole('heading', { name: 'Figures' })).toBeNull();
  });

  it('lists alerts with their runbook, and takes no address that runs', async () => {
    const alerts = [
      alert('WorkerDown', { part: 'worker', runbook: 'https://example.com/worker' }),
      alert('Disk', { severity: 'warning', runbook: 'docs/runbooks/alerts/disk.md' }),
    ];
    renderApp(
      '/operations',
      answers(() => platform({ alerts })),
    );
    const list = within(await screen.findByRole('region', { name: 'Alerts' }));
    expect(list.getByRole('link', { name: 'What to do' }).getAttribute('href')).toBe(
      'https://example.com/worker',
    );
    expect(list.getByText('What to do: docs/runbooks/alerts/disk.md')).toBeTruthy();
    await userEvent.click(list.getByRole('button', { name: 'Worker' }));
    expect(await screen.findByRole('dialog')).toBeTruthy();
  });

  it('says what is missing and why', async () => {
    const sources = [
      source('supervisor', { state: 'off', detail: 'DOT_SUPERVISOR_URL is not set' }),
      source('metrics', { state: 'failed', detail: 'it answered 503' }),
      source('alerts'),
    ];
    renderApp(
      '/operations',
      answers(() => platform({ sources, parts_from: 'checks' })),
    );
    const notes = await screen.findByRole('list', { name: 'Where this comes from' });
    expect(notes.textContent).toContain('Prometheus is not answering. (it answered 503)');
    expect(notes.textContent).toContain('No supervisor runs here.');
    expect(notes.textContent).toContain('This API process tells');
  });

  it('keeps the last map when nobody answers any more, and says that it is old', async () => {
    let calls = 0;
    renderApp('/operations', {
      ...answers(),
      'GET /operations/map': () => (calls++ === 0 ? platform() : problem(503, 'unavailable')),
    });
    expect(await screen.findByText('Everything works')).toBeTruthy();
    expect(await screen.findByText('DOT-Copilot is not answering')).toBeTruthy();
    expect(screen.getByRole('button', { name: /^PostgreSQL/ })).toBeTruthy();
  });

  it('tells what healed while somebody watched, aloud as well', async () => {
    let calls = 0;
    const broken = withParts({ worker: { state: 'down' } });
    renderApp(
      '/operations',
      answers(() => (calls++ === 0 ? broken : platform())),
    );
    expect(await screen.findByText(/Not working: Worker/)).toBeTruthy();
    const told = await screen.findAllByText('Worker works again');
    expect(told.some((entry) => entry.closest('[role="status"]'))).toBe(true);
    const happened = screen.getByRole('region', { name: 'While you watch' });
    expect(within(happened).getByText('Worker works again')).toBeTruthy();
  });

  it('stops moving when asked to', async () => {
    const { calls } = renderApp('/operations', answers());
    await userEvent.click(await screen.findByRole('button', { name: 'Pause' }));
    const asked = () => calls.filter((call) => call.path === '/operations/map').length;
    const before = asked();
    await new Promise((resolve) => setTimeout(resolve, 3200));
    expect(asked()).toBe(before);
    expect(screen.getByRole('button', { name: 'Go on' })).toBeTruthy();
  });

  it('has each chart as a table', async () => {
    renderApp('/operations', answers());
    await userEvent.click(await screen.findByRole('button', { name: 'Requests as a table' }));
    const table = within(await screen.findByRole('dialog')).getByRole('table');
    expect(within(table).getAllByRole('row')).toHaveLength(3);
    expect(within(table).getByRole('columnheader', { name: 'API' })).toBeTruthy();
    expect(table.textContent).toContain('12/s');
  });

  it('finds a trace by what somebody pasted, and refuses what is none', async () => {
    const { address } = renderApp('/operations', answers());
    const field = await screen.findByLabelText('Reference');
    await userEvent.type(field, 'nonsense{Enter}');
    expect(await screen.findByText(/A reference has 32 digits/)).toBeTruthy();
    await userEvent.clear(field);
    await userEvent.type(field, `Reference for support: ${TRACE}.{Enter}`);
    await vi.waitFor(() => {
      expect(address()).toBe(`/operations/traces/${TRACE}`);
    });
  });

  it('is not offered to who may not see it', async () => {
    renderApp('/', signedIn({}, 'safety_manager'));
    await screen.findAllByRole('link', { name: 'Drivers' });
    expect(screen.queryByRole('link', { name: 'Operations' })).toBeNull();
  });
});

describe('a trace', () => {
  const span = (span_id: string, name: string, more: object) => ({
    span_id,
    parent_id: null,
    name,
    kind: 'client',
    part: 'api-1',
    depth: 1,
    offset_ms: 2,
    duration_ms: 18.7,
    failed: false,
    detail: '',
    attributes: {},
    ...more,
  });
  const detail = {
    trace_id: TRACE,
    name: 'GET /api/v1/drivers',
    started_at: '2026-11-28T03:00:00Z',
    duration_ms: 31.4,
    failed: true,
    parts: ['api-1', 'nginx'],
    spans: [
      span('1', 'GET /api/v1/drivers', {
        depth: 0,
        offset_ms: 0,
        duration_ms: 31.4,
        kind: 'server',
      }),
      span('2', 'SELECT drivers', { attributes: { 'db.operation.name': 'SELECT' } }),
      span('3', 'COMMIT', { failed: true, detail: 'TimeoutError', offset_ms: 30, duration_ms: 1 }),
    ],
    logs: [logLine('took long', { level: 'warning' })],
    complete: false,
  };

  it('is a waterfall with the log lines beneath', async () => {
    renderApp(`/operations/traces/${TRACE}`, {
      ...answers(),
      [`GET /operations/traces/${TRACE}`]: () => detail,
    });
    const select = await screen.findByRole('button', { name: /SELECT drivers/ });
    expect(select.textContent).toContain('19 ms');
    await userEvent.click(select);
    expect(screen.getByText('db.operation.name')).toBeTruthy();
    expect(screen.getByText('took long')).toBeTruthy();
    expect(screen.getByText('Older files may hold more of it.')).toBeTruthy();
    await expectAccessible();
  });

  it('says so when nothing was kept', async () => {
    renderApp(`/operations/traces/${TRACE}`, {
      ...answers(),
      [`GET /operations/traces/${TRACE}`]: () => problem(404, 'trace-not-found'),
    });
    expect(await screen.findByText('Nothing was kept under this reference')).toBeTruthy();
  });
});

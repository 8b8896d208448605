// What the made-up platform did: charts, traces and log lines.
import { ago, scene, source } from './operations-scene.mjs';

const RANGES = { '15m': [900, 15], '1h': [3600, 60], '6h': [21600, 300], '24h': [86400, 1200] };
const noise = (seed, index) => Math.abs(Math.sin(seed * 12.9898 + index * 78.233) * 43758.5453) % 1;
function line(name, base, index, count, spike = 0) {
  const values = Array.from({ length: count }, (_, at) => {
    const swell = 1 + 0.35 * Math.sin(at / 9 + index) + 0.25 * (noise(index, at) - 0.5);
    const bump = spike && Math.abs(at - count * 0.72) < 3 ? spike : 1;
    return Math.max(0, base * swell * bump);
  });
  return { name, values };
}
const SUBJECTS = [
  [
    'requests',
    'per_second',
    [
      ['api', 19],
      ['mcp', 2],
      ['web', 4],
    ],
  ],
  [
    'errors',
    'share',
    [
      ['4xx', 0.01],
      ['5xx', 0.0006, 20],
    ],
  ],
  [
    'latency',
    'milliseconds',
    [
      ['p50', 6],
      ['p95', 31, 3],
      ['p99', 84, 4],
    ],
  ],
  [
    'database_latency',
    'milliseconds',
    [
      ['p50', 0.7],
      ['p95', 2.3],
      ['p99', 6.1],
    ],
  ],
  ['database_connections', 'count', [['used', 27]]],
  [
    'event_loop',
    'milliseconds',
    [
      ['api', 3],
      ['gateway', 2],
      ['worker', 6],
    ],
  ],
  ['job_age', 'seconds', [['oldest', 0.6, 30]]],
  [
    'jobs',
    'per_second',
    [
      ['failed', 0.004],
      ['succeeded', 0.3],
    ],
  ],
  [
    'mcp_calls',
    'per_second',
    [
      ['ok', 1.9],
      ['refused', 0.1],
    ],
  ],
  [
    'mcp_latency',
    'milliseconds',
    [
      ['p50', 22],
      ['p95', 64],
    ],
  ],
  [
    'cpu',
    'cores',
    [
      ['api-1', 0.12],
      ['api-2', 0.11],
      ['postgres', 0.2],
      ['worker', 0.03],
      ['nginx', 0.02],
    ],
  ],
  [
    'memory',
    'megabytes',
    [
      ['api-1', 142],
      ['api-2', 140],
      ['postgres', 210],
      ['worker', 98],
      ['prometheus', 61],
    ],
  ],
];
export function charts(query) {
  const [length, step] = RANGES[query.get('range') ?? '1h'] ?? RANGES['1h'];
  const end = Math.floor(Date.now() / 1000 / step) * step;
  const times = Array.from({ length: length / step + 1 }, (_, at) => end - length + at * step);
  return {
    times,
    source: source('metrics', scene === 'blind' ? 'failed' : 'ok'),
    charts: SUBJECTS.map(([name, unit, lines]) => ({
      name,
      unit,
      lines:
        scene === 'blind'
          ? []
          : lines.map(([label, base, spike], at) => line(label, base, at + 1, times.length, spike)),
    })),
  };
}
export function partCharts(name, parts) {
  const end = Math.floor(Date.now() / 15_000) * 15;
  const times = Array.from({ length: 61 }, (_, at) => end - 900 + at * 15);
  const names = parts.find((one) => one.name === name)?.replicas.map((one) => one.name) ?? [];
  return {
    name,
    times,
    source: source('metrics'),
    charts: [
      { name: 'cpu', unit: 'cores', lines: names.map((one, at) => line(one, 0.06, at + 1, 61)) },
      {
        name: 'memory',
        unit: 'megabytes',
        lines: names.map((one, at) => line(one, 120, at + 7, 61)),
      },
    ],
  };
}

const hex = (seed, length) =>
  Array.from({ length }, (_, at) => Math.floor(noise(seed, at) * 16).toString(16)).join('');
const NAMES = [
  'GET /api/v1/drivers',
  'GET /api/v1/compliance/summary',
  'POST /api/v1/roster-imports/{id}/confirm',
  'roster.write',
  'POST /mcp',
  'GET /api/v1/me',
];
const summary = (_, at) => ({
  trace_id: hex(at + 1, 32),
  name: NAMES[at % NAMES.length],
  part: at % 6 === 3 ? 'worker' : at % 6 === 4 ? 'gateway-1' : 'api-1',
  parts: at % 6 === 4 ? ['gateway-1', 'api-2'] : at % 6 === 2 ? ['api-1', 'worker'] : ['api-1'],
  started_at: ago(at * 47 + 3),
  duration_ms: at % 7 === 2 ? 1840 : 12 + noise(at, 3) * 90,
  failed: at % 5 === 1,
  spans: 4 + (at % 9),
});
export function traces(query) {
  const items = Array.from({ length: 40 }, summary)
    .filter((one) => query.get('failed') !== 'true' || one.failed)
    .filter((one) => query.get('slow') !== 'true' || one.duration_ms >= 1000)
    .filter(
      (one) => !query.get('part') || one.parts.some((name) => name.startsWith(query.get('part'))),
    );
  const limit = Number(query.get('limit') ?? 50);
  return { items: items.slice(0, limit), next_cursor: null, source: source('traces') };
}

const entry = (seconds, partName, level, message, more = {}) => ({
  part: partName,
  at: ago(seconds),
  level,
  logger: '',
  message,
  trace_id: null,
  own: false,
  ...more,
});
export function logs(query) {
  const items = [
    entry(2, 'nginx', 'info', 'GET /api/v1/drivers 200 0.031 s', {
      logger: 'access',
      trace_id: hex(1, 32),
      own: true,
    }),
    entry(4, 'worker', 'info', 'roster import {id}: 500 rows written', {
      logger: 'dot_copilot.features.roster.job',
    }),
    entry(9, 'api-1', 'warning', 'blobs not answering (TimeoutError)', {
      logger: 'dot_copilot.app',
    }),
    entry(
      41,
      'worker',
      'error',
      'worker lost its connection\nTraceback (most recent call last):\n  …',
      { logger: 'procrastinate' },
    ),
    entry(300, 'postgres', 'info', 'database system is ready to accept connections'),
  ];
  const wanted = query.get('part');
  return {
    items: items.filter((one) => !wanted || one.part.startsWith(wanted)),
    next_cursor: null,
    source: source('logs'),
  };
}
export function trace(id) {
  const span = (at, name, kind, depth, offset_ms, duration_ms, more = {}) => ({
    span_id: hex(at, 16),
    parent_id: at === 1 ? null : hex(1, 16),
    name,
    kind,
    part: 'api-1',
    depth,
    offset_ms,
    duration_ms,
    failed: false,
    detail: '',
    attributes: {},
    ...more,
  });
  const spans = [
    span(1, 'GET /api/v1/drivers', 'server', 0, 0, 31.4, {
      attributes: { 'http.route': '/api/v1/drivers', 'http.response.status_code': '200' },
    }),
    span(2, 'ENTER', 'client', 1, 0.9, 0.8, { attributes: { 'db.system.name': 'postgresql' } }),
    span(3, 'SELECT drivers', 'client', 1, 2.1, 18.7, {
      attributes: { 'db.operation.name': 'SELECT', 'db.query.summary': 'SELECT drivers' },
    }),
    span(4, 'SELECT count', 'client', 1, 21.2, 4.4),
    span(5, 'blob list', 'client', 1, 25.9, 3.1, { failed: true, detail: 'TimeoutError' }),
    span(6, 'COMMIT', 'client', 1, 29.6, 0.5),
  ];
  return {
    trace_id: id,
    name: 'GET /api/v1/drivers',
    started_at: ago(3),
    duration_ms: 31.4,
    failed: true,
    parts: ['api-1', 'nginx'],
    spans,
    logs: [
      entry(3, 'nginx', 'info', 'GET /api/v1/drivers 200 0.031 s', {
        logger: 'access',
        trace_id: id,
        own: true,
      }),
      entry(3, 'api-1', 'warning', 'blobs not answering (TimeoutError)', {
        logger: 'dot_copilot.app',
        trace_id: id,
        own: true,
      }),
    ],
    complete: true,
  };
}

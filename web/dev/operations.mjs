// What the made-up API tells of the platform now. SCENE=well|broken|degraded|blind; `well` loses its worker for a moment.
import { ago, scene, source } from './operations-scene.mjs';
import { charts, logs, partCharts, trace, traces } from './operations-history.mjs';

const began = Date.now();
const wave = (base, depth = 0.15, period = 40) =>
  base * (1 + depth * Math.sin(Date.now() / 1000 / (period / 6.28) + base));
const flickers = () => scene === 'well' && (Date.now() - began) % 30_000 > 24_000;

const replica = (name, word = 'ready', more = {}) => ({
  name,
  state:
    { ready: 'works', restarting: 'down', starting: 'starting', off: 'off', up: 'works' }[word] ??
    'down',
  word,
  detail: null,
  restarts: 0,
  since: ago(5400),
  ready_after_s: 0.8,
  cpu: scene === 'blind' ? null : wave(0.03, 0.6, 20),
  memory_mb: 96,
  ...more,
});
const part = (name, label, kind, network, more = {}) => ({
  name,
  label,
  kind,
  network,
  state: 'works',
  detail: null,
  since: ago(5400),
  restarts: 0,
  replicas: [],
  rate: null,
  error_ratio: null,
  p95_ms: null,
  cpu: null,
  memory_mb: null,
  figures: {},
  ...more,
});

function parts() {
  const down = scene === 'broken' || flickers();
  const worker = down
    ? replica('worker', 'restarting', {
        detail: 'killed by signal 9',
        restarts: 3,
        since: ago(40),
        cpu: null,
      })
    : replica('worker', 'ready', { restarts: Math.floor((Date.now() - began) / 30_000) });
  const api = [
    replica('api-1'),
    scene === 'degraded'
      ? replica('api-2', 'unhealthy', {
          detail: '/readyz answered 503: database not answering',
          since: ago(12),
        })
      : replica('api-2'),
  ];
  const list = [
    part('browser', 'Browser', 'person', 'outside', { state: null, since: null }),
    part('assistant', 'AI assistant', 'assistant', 'outside', { state: null, since: null }),
    part('nginx', 'nginx', 'door', 'frontend', {
      replicas: [replica('nginx')],
      rate: wave(23.4),
      error_ratio: scene === 'broken' ? 0.031 : 0.0004,
      p95_ms: wave(38),
    }),
    part('worker', 'Worker', 'worker', 'backend', {
      replicas: [worker],
      rate: down ? 0 : wave(0.31),
      error_ratio: 0,
      p95_ms: 412,
      figures: { jobs_waiting: down ? 14 : 0, oldest_job_s: down ? 61 : 0.2 },
    }),
    part('api', 'API', 'api', 'backend', {
      replicas: api,
      rate: wave(19.2),
      error_ratio: scene === 'broken' ? 0.044 : 0.0004,
      p95_ms: wave(31),
      figures: { active: 2 },
    }),
    part('gateway', 'MCP gateway', 'gateway', 'backend', {
      replicas: [replica('gateway-1'), replica('gateway-2')],
      rate: wave(2.1),
      error_ratio: 0,
      p95_ms: wave(64),
      figures: { sessions: 4, active: 1 },
    }),
    part('postgres', 'PostgreSQL', 'database', 'backend', {
      replicas: [replica('postgres')],
      rate: wave(118),
      p95_ms: wave(2.4),
      figures: { connections: 27, connections_max: 120 },
    }),
    part('valkey', 'Valkey', 'cache', 'backend', {
      replicas: [replica('valkey')],
      rate: wave(9.3),
      p95_ms: 0.4,
      figures: { memory_mb: 3.1 },
    }),
    part('azurite', 'Blob storage', 'files', 'backend', {
      replicas: [replica('azurite')],
      rate: wave(0.4),
      error_ratio: 0,
      p95_ms: wave(18),
    }),
    part('openbao', 'OpenBao', 'secrets', 'backend', {
      replicas: [replica('openbao')],
      rate: 0,
      error_ratio: 0,
    }),
    part('github', 'GitHub MCP', 'tools', 'mcp', {
      rate: wave(0.2),
      error_ratio: 0,
      p95_ms: wave(310),
      figures: { breaker_open: 0 },
    }),
    part('prometheus', 'Prometheus', 'metrics', 'monitoring', {
      replicas: [replica('prometheus', scene === 'blind' ? 'off' : 'ready')],
      figures: { scraped: 12, scraped_up: 12 },
    }),
    part('alertmanager', 'Alertmanager', 'alerts', 'monitoring', {
      replicas: [replica('alertmanager')],
    }),
    part('exporters', 'Exporters', 'exporter', 'monitoring', {
      replicas: [replica('postgres-exporter'), replica('valkey-exporter')],
    }),
    part('supervisor', 'Supervisor', 'supervisor', 'monitoring', {
      replicas: [replica('supervisor')],
      figures: { disk_free_gb: 412 },
    }),
  ];
  return list.map(settled);
}

function settled(one) {
  const states = new Set(one.replicas.map((entry) => entry.state));
  const state = states.size === 0 ? one.state : states.size === 1 ? [...states][0] : 'degraded';
  const worst = one.replicas.find((entry) => entry.state !== 'works');
  const sum = (key) => one.replicas.reduce((all, entry) => all + (entry[key] ?? 0), 0);
  return {
    ...one,
    state,
    detail: worst?.detail ?? null,
    since: worst?.since ?? one.since,
    restarts: sum('restarts'),
    cpu: one.replicas.length && scene !== 'blind' ? sum('cpu') : null,
    memory_mb: one.replicas.length ? sum('memory_mb') : null,
    ...(scene === 'blind' ? { rate: null, error_ratio: null, p95_ms: null, figures: {} } : {}),
  };
}

const call = (source, target, rate, p95_ms = null, error_ratio = rate === null ? null : 0) => ({
  source,
  target,
  rate: scene === 'blind' ? null : rate,
  p95_ms: scene === 'blind' ? null : p95_ms,
  error_ratio: scene === 'blind' ? null : error_ratio,
  known: rate !== null && scene !== 'blind',
});
const calls = () => [
  call('browser', 'nginx', wave(21.3), wave(38), scene === 'broken' ? 0.034 : 0.0004),
  call('assistant', 'nginx', wave(2.1), wave(71)),
  call('nginx', 'api', wave(18.9), wave(34), scene === 'broken' ? 0.044 : 0.0004),
  call('nginx', 'gateway', wave(2.1), wave(70)),
  call('worker', 'postgres', wave(2.2), wave(3.1)),
  call('worker', 'valkey', wave(0.2), 0.4),
  call('worker', 'azurite', wave(0.1), 22),
  call('worker', 'openbao', 0),
  call('api', 'postgres', wave(104), wave(2.3)),
  call('api', 'valkey', wave(7.6), 0.4),
  call('api', 'azurite', wave(0.3), 18),
  call('api', 'openbao', 0),
  call('gateway', 'api', wave(1.9), wave(48)),
  call('gateway', 'postgres', wave(11.2), wave(2.2)),
  call('gateway', 'valkey', wave(2.4), 0.5),
  call('gateway', 'openbao', 0),
  call('gateway', 'github', wave(0.2), wave(310)),
  { ...call('prometheus', 'api', null), known: scene !== 'blind' },
  call('prometheus', 'alertmanager', null),
];

const alerts = () =>
  scene === 'broken'
    ? [
        {
          name: 'WorkerDown',
          severity: 'critical',
          state: 'firing',
          summary: 'The worker has stopped answering',
          description: 'No beat for 40 seconds. Imports and recounts wait; nothing is lost.',
          part: 'worker',
          since: ago(40),
          runbook: 'docs/runbooks/alerts/worker-down.md',
        },
        {
          name: 'ErrorRateHigh',
          severity: 'warning',
          state: 'pending',
          summary: 'More than 2 % of requests fail',
          description: '4.4 % of the API’s answers of the last five minutes were 5xx.',
          part: 'api',
          since: ago(95),
          runbook: 'https://example.com/runbooks/error-rate',
        },
      ]
    : [];
const map = () => ({
  taken_at: new Date().toISOString(),
  parts_from: 'supervisor',
  version: '0.1.0',
  parts: parts(),
  calls: calls(),
  alerts: alerts(),
  sources: [
    source('supervisor'),
    scene === 'blind'
      ? source('metrics', 'failed', 'it did not answer within 2.5 seconds')
      : source('metrics'),
    source('alerts'),
  ],
});

export const operationsRoutes = [
  ['GET', /operations\/map$/, map],
  ['GET', /operations\/charts$/, charts],
  ['GET', /operations\/parts\/([\w-]+)\/charts$/, (_q, [, name]) => partCharts(name, parts())],
  ['GET', /operations\/alerts$/, () => ({ items: alerts(), source: source('alerts') })],
  ['GET', /operations\/traces$/, traces],
  ['GET', /operations\/traces\/([0-9a-f]{32})$/, (_q, [, id]) => trace(id)],
  ['GET', /operations\/logs$/, logs],
];

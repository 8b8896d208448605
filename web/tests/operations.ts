import type { Alert, LogEntry, MapCall, MapPart, OperationsMap, Source } from '@/api';

/** A platform for tests: everything works, and each test breaks what it is about. */
export function part(name: string, more: Partial<MapPart> = {}): MapPart {
  return {
    name,
    label: name,
    kind: 'api',
    network: 'backend',
    state: 'works',
    detail: null,
    since: null,
    restarts: 0,
    replicas: [],
    rate: null,
    error_ratio: null,
    p95_ms: null,
    cpu: null,
    memory_mb: null,
    figures: {},
    ...more,
  };
}

export const replica = (name: string, more: Partial<MapPart['replicas'][number]> = {}) => ({
  name,
  state: 'works' as const,
  word: 'ready',
  detail: null,
  restarts: 0,
  since: null,
  ready_after_s: null,
  cpu: null,
  memory_mb: null,
  ...more,
});

export const call = (source: string, target: string, more: Partial<MapCall> = {}): MapCall => ({
  source,
  target,
  rate: null,
  error_ratio: null,
  p95_ms: null,
  known: false,
  ...more,
});

export const alert = (name: string, more: Partial<Alert> = {}): Alert => ({
  name,
  severity: 'critical',
  state: 'firing',
  summary: `${name} happened`,
  description: '',
  part: null,
  since: '2026-11-28T03:00:00Z',
  runbook: null,
  ...more,
});

export const source = (name: Source['name'], more: Partial<Source> = {}): Source => ({
  name,
  state: 'ok',
  detail: null,
  ...more,
});

export const logLine = (message: string, more: Partial<LogEntry> = {}): LogEntry => ({
  part: 'api-1',
  at: '2026-11-28T03:00:00Z',
  level: 'info',
  logger: '',
  message,
  trace_id: null,
  own: true,
  ...more,
});

export const PARTS: MapPart[] = [
  part('browser', { label: 'Browser', kind: 'person', network: 'outside', state: null }),
  part('assistant', { kind: 'assistant', network: 'outside', state: null }),
  part('nginx', {
    label: 'nginx',
    kind: 'door',
    network: 'frontend',
    rate: 12,
    error_ratio: 0,
    p95_ms: 31,
  }),
  part('worker', { label: 'Worker', kind: 'worker', replicas: [replica('worker')] }),
  part('api', { label: 'API', replicas: [replica('api-1'), replica('api-2')] }),
  part('gateway', { kind: 'gateway' }),
  part('postgres', { label: 'PostgreSQL', kind: 'database', rate: 60, p95_ms: 2 }),
  part('valkey', { label: 'Valkey', kind: 'cache' }),
  part('azurite', { kind: 'files' }),
  part('openbao', { label: 'OpenBao', kind: 'secrets' }),
  part('github', { label: 'GitHub MCP', kind: 'tools', network: 'mcp' }),
  part('prometheus', { label: 'Prometheus', kind: 'metrics', network: 'monitoring' }),
  part('alertmanager', { label: 'Alertmanager', kind: 'alerts', network: 'monitoring' }),
];

export const CALLS: MapCall[] = [
  call('browser', 'nginx', { rate: 12, error_ratio: 0, p95_ms: 31, known: true }),
  call('assistant', 'nginx', { rate: 0, known: true }),
  call('nginx', 'api', { rate: 10, error_ratio: 0.04, p95_ms: 30, known: true }),
  call('nginx', 'gateway'),
  call('worker', 'postgres', { rate: 2, known: true }),
  call('api', 'postgres', { rate: 58, p95_ms: 2, known: true }),
  call('gateway', 'postgres'),
  call('gateway', 'api'),
  call('gateway', 'github'),
  call('api', 'openbao'),
  call('prometheus', 'api', { known: true }),
  call('prometheus', 'alertmanager'),
];

export function platform(more: Partial<OperationsMap> = {}): OperationsMap {
  return {
    taken_at: new Date().toISOString(),
    parts_from: 'supervisor',
    version: '1.2.3',
    parts: PARTS,
    calls: CALLS,
    alerts: [],
    sources: [source('supervisor'), source('metrics'), source('alerts')],
    ...more,
  };
}

/** The map with some parts changed. */
export const withParts = (changes: Record<string, Partial<MapPart>>): OperationsMap =>
  platform({ parts: PARTS.map((entry) => ({ ...entry, ...changes[entry.name] })) });

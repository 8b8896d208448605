import { describe, expect, it } from 'vitest';
import { alert, part, platform, replica, withParts } from '../../../tests/operations';
import { answerOf, secondsSince, toneOfAnswer } from './answer';
import { ChangeLog, changeOf } from './changes';
import { operationsSearch, traceIdIn } from './search';
import { clock, duration, megabytes, milliseconds, rate, share } from './units';
import { callWords, lineOf, stateWord } from './words';

describe('the answer', () => {
  it('is that everything works', () => {
    expect(answerOf(platform(), true)).toMatchObject({ kind: 'works', parts: 11, unseen: 0 });
    expect(toneOfAnswer(answerOf(platform(), true))).toBe('ok');
  });

  it('is never good news of an old map', () => {
    expect(answerOf(platform(), false).kind).toBe('unreachable');
  });

  it('tells the worst first', () => {
    const down = withParts({ worker: { state: 'down' }, api: { state: 'degraded' } });
    expect(answerOf({ ...down, alerts: [alert('A')] }, true)).toMatchObject({
      kind: 'down',
      parts: [{ name: 'worker' }],
    });
    const weak = withParts({ api: { state: 'degraded' }, worker: { state: 'starting' } });
    expect(answerOf({ ...weak, alerts: [alert('A'), alert('B')] }, true)).toMatchObject({
      kind: 'alert',
      more: 1,
    });
    expect(answerOf(weak, true).kind).toBe('degraded');
    expect(answerOf(withParts({ worker: { state: 'starting' } }), true).kind).toBe('starting');
  });

  it('is not troubled by alerts that are silenced, build up, or are notes', () => {
    const alerts = [
      alert('A', { state: 'silenced' }),
      alert('B', { state: 'pending' }),
      alert('C', { severity: 'info' }),
    ];
    expect(answerOf(platform({ alerts }), true).kind).toBe('works');
    expect(answerOf(platform({ alerts: [alert('D', { severity: 'warning' })] }), true).kind).toBe(
      'warnings',
    );
  });

  it('counts what nobody sees apart, and what is off not at all', () => {
    const map = withParts({ github: { state: 'unknown' }, prometheus: { state: 'off' } });
    expect(answerOf(map, true)).toMatchObject({ kind: 'works', parts: 9, unseen: 1 });
  });

  it('never counts backwards', () => {
    expect(secondsSince('2026-11-28T03:00:10Z', new Date('2026-11-28T03:00:05Z'))).toBe(0);
  });
});

describe('what changed', () => {
  it.each([
    ['works', 'down', 0, 'failed'],
    ['down', 'works', 1, 'healed'],
    ['works', 'degraded', 0, 'weakened'],
    ['works', 'works', 1, 'restarted'],
    ['down', 'down', 1, null],
    ['works', 'off', 0, 'stopped'],
    ['off', 'starting', 0, 'starting'],
    ['works', 'unknown', 0, null],
  ] as const)('from %s to %s with %i restarts is %s', (before, after, restarts, kind) => {
    expect(changeOf(part('x', { state: before }), part('x', { state: after, restarts }))).toBe(
      kind,
    );
  });

  it('is kept, the newest first, and told to who listens', () => {
    const log = new ChangeLog(2);
    let told = 0;
    const stop = log.subscribe(() => (told += 1));
    log.note(platform());
    log.note(withParts({ worker: { state: 'down' } }));
    log.note(withParts({ worker: { state: 'down' } }));
    log.note(withParts({ worker: { restarts: 1 } }));
    log.note(withParts({ worker: { restarts: 2 } }));
    stop();
    log.note(withParts({ api: { state: 'down' }, worker: { restarts: 2 } }));
    expect(log.list().map((change) => [change.part, change.kind])).toEqual([
      ['api', 'failed'],
      ['worker', 'restarted'],
    ]);
    expect(told).toBe(3);
  });
});

describe('the address', () => {
  it('takes what it knows', () => {
    expect(operationsSearch({ part: 'api', range: '6h', traces: 'slow' })).toEqual({
      part: 'api',
      range: '6h',
      traces: 'slow',
    });
    expect(operationsSearch({ part: '../x', range: '7h', traces: 'all' })).toEqual({});
  });

  it.each([
    ['4bf92f3577b34da6a3ce929d0e0e4736', '4bf92f3577b34da6a3ce929d0e0e4736'],
    ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', '4bf92f3577b34da6a3ce929d0e0e4736'],
    [' 4BF92F35 77B34DA6 A3CE929D 0E0E4736 ', '4bf92f3577b34da6a3ce929d0e0e4736'],
    [
      'Reference for support: 4bf92f3577b34da6a3ce929d0e0e4736.',
      '4bf92f3577b34da6a3ce929d0e0e4736',
    ],
    ['0'.repeat(32), undefined],
    ['4bf92f35', undefined],
    ['', undefined],
  ])('finds the reference in %j', (text, id) => {
    expect(traceIdIn(text)).toBe(id);
  });
});

describe('units', () => {
  it.each([
    [rate, 0, '0/s'],
    [rate, 0.004, '<0.01/s'],
    [rate, 0.314, '0.31/s'],
    [rate, 1240.4, '1,240/s'],
    [milliseconds, 0.4, '0.4 ms'],
    [milliseconds, 31.4, '31 ms'],
    [milliseconds, 1840, '1.8 s'],
    [share, 0, '0%'],
    [share, 0.0004, '<0.1%'],
    [share, 0.044, '4.4%'],
    [share, 0.5, '50%'],
    [megabytes, 96, '96 MB'],
    [megabytes, 1234, '1.2 GB'],
    [duration, 40, '40 s'],
    [duration, 300, '5 min'],
    [duration, 7200, '2 h'],
    [duration, 259_200, '3 d'],
  ] as const)('%o of %d is %s', (unit, value, wanted) => {
    expect(unit(value)).toBe(wanted);
  });

  it('adds the day when it is not today', () => {
    const now = new Date(2026, 10, 28, 12);
    expect(clock(new Date(2026, 10, 28, 3, 4, 5), now)).toBe('03:04:05');
    expect(clock(new Date(2026, 10, 27, 3, 4, 5), now)).toContain('Nov 27');
  });
});

describe('words', () => {
  it('counts processes', () => {
    const two = [replica('api-1'), replica('api-2', { state: 'down' })];
    expect(stateWord(part('api', { replicas: two, state: 'degraded' }))).toBe('1 of 2 work');
    const again = [replica('worker', { state: 'down', word: 'restarting' })];
    expect(stateWord(part('worker', { replicas: again, state: 'down' }))).toBe('Restarting');
    expect(stateWord(part('x', { state: 'off' }))).toBe('Off');
  });

  it('tells what a part does, else what it uses', () => {
    expect(lineOf(part('x', { rate: 12, p95_ms: 31 }))).toBe('12/s, 31 ms');
    expect(lineOf(part('x', { rate: 0, p95_ms: null, figures: { jobs_waiting: 3 } }))).toBe(
      'quiet, 3 waiting',
    );
    expect(lineOf(part('x', { memory_mb: 96, cpu: 0.03 }))).toBe('96 MB, 3% CPU');
    expect(lineOf(part('x'))).toBe('');
  });

  it('tells a road to who does not see it', () => {
    const map = platform();
    const words = map.calls.map((entry) => callWords(entry, map));
    expect(words[2]).toBe('nginx to API: 10/s, 4% fail, 95 % within 30 ms');
    expect(words[4]).toBe('Worker to PostgreSQL: 2/s');
    expect(words[1]).toContain('quiet');
    expect(words[3]).toContain('nobody measures');
    expect(words[10]).toBe('Prometheus asks every process for its figures');
  });
});

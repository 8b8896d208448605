import { describe, expect, it } from 'vitest';
import type { FileItemOut } from '@/api';
import { evidence, fileItem } from '../../../tests/driver-file';
import { makeAxis, position, toDay } from './axis';
import { barOf, basis, type Bar } from './bars';

const AS_OF = '2026-03-01';
const axis = makeAxis(AS_OF, AS_OF);
const at = (date: string) => position(axis, toDay(date));
const draw = (item: FileItemOut, hired: string | null = '2024-06-03'): Bar =>
  barOf(item, axis, AS_OF, hired);
/** [meaning, from, to] of each stretch, as places on the axis. */
const shape = (bar: Bar) => bar.stretches.map(({ meaning, from, to }) => [meaning, from, to]);

describe('a bar', () => {
  it('of evidence in force runs from the day it was obtained through its last day', () => {
    const item = fileItem('mec', 'valid', {
      valid_until: '2027-02-28',
      evidence: [evidence('2025-03-01')],
    });
    expect(shape(draw(item))).toEqual([['held', at('2025-03-01'), at('2027-03-01')]]);
  });

  it('of evidence that ran out shows the gap since, up to the day looked at', () => {
    const item = fileItem('mec', 'expired', {
      valid_until: '2026-01-31',
      evidence: [evidence('2024-02-01')],
    });
    expect(shape(draw(item))).toEqual([
      ['past', at('2024-02-01'), at('2026-02-01')],
      ['gap', at('2026-02-01'), at('2026-03-02')],
    ]);
  });

  it('leaves the gap out on the last valid day itself', () => {
    const item = fileItem('mec', 'expired', {
      valid_until: AS_OF,
      evidence: [evidence('2024-02-01')],
    });
    expect(draw(item).stretches.map((part) => part.meaning)).toEqual(['past']);
  });

  it('starts with the record that counted, not with a newer one that did not', () => {
    const item = fileItem('mec_cdlis', 'expired', {
      valid_until: '2026-01-31',
      evidence_id: 'evidence-2024-02-01',
      evidence: [evidence('2026-02-20'), evidence('2024-02-01')],
    });
    expect(basis(item)?.obtained_on).toBe('2024-02-01');
  });

  it('of a deadline ahead waits until it, of one passed shows the delay', () => {
    const due = fileItem('sph', 'due', { due_on: '2026-03-20' });
    expect(shape(draw(due, '2026-02-18'))).toEqual([['wait', at('2026-02-18'), at('2026-03-21')]]);
    const late = fileItem('sph', 'overdue', { due_on: '2026-02-10' });
    expect(shape(draw(late, '2026-01-11'))).toEqual([
      ['wait', at('2026-01-11'), at('2026-02-11')],
      ['gap', at('2026-02-11'), at('2026-03-02')],
    ]);
    expect(draw(late).marks).toEqual([{ meaning: 'due', at: at('2026-02-10') }]);
  });

  it('of what was never collected is a gap since the hire', () => {
    expect(shape(draw(fileItem('application', 'missing'), '2025-05-05'))).toEqual([
      ['gap', at('2025-05-05'), at('2026-03-02')],
    ]);
  });

  it('fades where it goes on beyond the axis', () => {
    const item = fileItem('application', 'valid', { evidence: [evidence('2010-01-01')] });
    expect(draw(item).stretches).toEqual([
      { meaning: 'held', from: 0, to: 100, opensLeft: true, opensRight: true, endless: true },
    ]);
    // The day lies outside, so there is no knot for it either.
    expect(draw(item).marks).toEqual([]);
  });

  it('of an event begins with the event', () => {
    const item = fileItem('ch_full', 'blocked', {
      evidence_id: 'evidence-2026-01-09',
      evidence: [
        evidence('2026-02-02', { outcome: null }),
        evidence('2026-01-09', { outcome: 'prohibited' }),
      ],
    });
    expect(draw(item).stretches[0]).toMatchObject({ meaning: 'stop', from: at('2026-01-09') });
  });

  it('ignores what is voided, rejected, or not collected yet on that day', () => {
    const item = fileItem('mec', 'valid', {
      valid_until: '2027-02-28',
      evidence_id: 'evidence-2025-03-01',
      evidence: [
        evidence('2026-03-05'),
        evidence('2026-02-05', { voided_at: '2026-02-06T00:00:00Z' }),
        evidence('2026-02-04', { review: 'rejected' }),
        evidence('2025-03-01'),
      ],
    });
    expect(basis(item)?.obtained_on).toBe('2025-03-01');
    expect(draw(item).marks).toEqual([{ meaning: 'obtained', at: at('2025-03-01') }]);
  });

  it('marks a printed date that the rule overrides', () => {
    const item = fileItem('mec_12', 'valid', {
      valid_until: '2026-10-22',
      evidence: [evidence('2025-10-22')],
      conflicts: [
        {
          code: 'printed_past_cap',
          evidence_id: 'x',
          stated: '2027-10-22',
          counted: '2026-10-22',
          text: '',
        },
      ],
    });
    expect(draw(item).marks).toContainEqual({ meaning: 'printed', at: at('2027-10-22') });
  });
});

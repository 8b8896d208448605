import { afterEach, describe, expect, it } from 'vitest';
import type { RosterColumn, RosterError, RosterField } from '@/api';
import { columnsOf, fits } from './error-filter';
import { errorsCsv } from './errors-csv';
import { assign, changesOf, keepDraft, loadDraft, missingFields, withDraft } from './mapping';
import { makePace } from './pace';
import { importSearch, isBehind, stepOf } from './steps';

const job = (state: 'queued' | 'reading' | 'preview' | 'importing' | 'done' | 'failed') => ({
  state,
  dry_run: true,
  problem: null as string | null,
});

describe('where an import stands', () => {
  it('follows the address during the preview', () => {
    expect(stepOf(job('preview'), undefined)).toBe('columns');
    expect(stepOf(job('preview'), 'rows')).toBe('rows');
    expect(stepOf(job('preview'), 'confirm')).toBe('confirm');
    expect(stepOf(job('reading'), 'rows')).toBe('rows');
  });

  it('never confirms what can’t be confirmed', () => {
    expect(stepOf({ ...job('preview'), problem: 'No column for the id.' }, 'confirm')).toBe('rows');
    expect(stepOf(job('reading'), 'confirm')).toBe('rows');
  });

  it('follows the job once it is confirmed, whatever the address says', () => {
    expect(stepOf({ ...job('queued'), dry_run: false }, 'columns')).toBe('progress');
    expect(stepOf({ ...job('importing'), dry_run: false }, 'confirm')).toBe('progress');
    expect(stepOf({ ...job('done'), dry_run: false }, 'rows')).toBe('result');
    expect(stepOf(job('failed'), 'rows')).toBe('result');
  });

  it('takes only its own steps from an address', () => {
    expect(importSearch({ step: 'rows' })).toEqual({ step: 'rows' });
    expect(importSearch({ step: 'result' })).toEqual({ step: undefined });
  });

  it('knows what lies behind', () => {
    expect(isBehind('file', 'columns')).toBe(true);
    expect(isBehind('rows', 'rows')).toBe(false);
  });
});

describe('the pace of asking', () => {
  const look = (state: 'reading' | 'done', progress: number, count: number, failed = false) => ({
    job: { state, progress },
    count,
    failed,
  });

  it('is quick while the job moves and slows down while it does not', () => {
    const pace = makePace();
    expect(pace(look('reading', 0.1, 1))).toBe(500);
    expect(pace(look('reading', 0.2, 2))).toBe(500);
    expect(pace(look('reading', 0.2, 3))).toBe(750);
    expect(pace(look('reading', 0.2, 4))).toBe(1125);
    expect(pace(look('reading', 0.3, 5))).toBe(500);
  });

  it('gives the same answer for the same look', () => {
    const pace = makePace();
    pace(look('reading', 0.2, 1));
    expect([pace(look('reading', 0.2, 2)), pace(look('reading', 0.2, 2))]).toEqual([750, 750]);
  });

  it('backs off from a server that does not answer, up to five seconds', () => {
    const pace = makePace();
    const delays = Array.from({ length: 9 }, (_, count) => pace(look('reading', 0.2, count, true)));
    expect(delays.at(-1)).toBe(5000);
  });

  it('stops when the job rests', () => {
    expect(makePace()(look('done', 1, 1))).toBe(false);
    expect(makePace()({ job: undefined, count: 0, failed: false })).toBe(false);
  });
});

const column = (name: string, field: string | null, confidence = 1): RosterColumn => ({
  column: name,
  field,
  samples: [],
  guessed: true,
  confidence,
  note: null,
});
const field = (name: string, required = false): RosterField => ({
  field: name,
  label: name,
  required,
  group: 'driver',
});

describe('the mapping', () => {
  const columns = [
    column('Emp #', 'employee_id'),
    column('Driver', 'full_name', 0.6),
    column('X', null),
  ];
  const fields = [
    field('employee_id', true),
    field('first_name', true),
    field('last_name', true),
    field('full_name'),
  ];

  it('shows what a person says over what was guessed', () => {
    const shown = withDraft(columns, { X: 'hired_on' });
    expect(shown[2]).toMatchObject({ field: 'hired_on', chosen: true });
    expect(shown[1]).toMatchObject({ doubtful: true, chosen: false });
  });

  it('gives a field to one column at most and says who lost it', () => {
    const shown = withDraft(columns, assign({}, 'X', 'employee_id'));
    expect(shown.map((entry) => [entry.column, entry.field, entry.lostTo])).toEqual([
      ['Emp #', null, 'X'],
      ['Driver', 'full_name', null],
      ['X', 'employee_id', null],
    ]);
    const back = assign(assign({}, 'X', 'employee_id'), 'Driver', 'employee_id');
    expect(back).toEqual({ X: null, Driver: 'employee_id' });
  });

  it('sends only what differs from what the server knows', () => {
    expect(changesOf(columns, { 'Emp #': 'employee_id', X: 'status', Gone: 'phone' })).toEqual({
      X: 'status',
    });
  });

  it('names the required fields without a column; a full name stands for both names', () => {
    expect(missingFields(columns, fields)).toEqual([]);
    const without = withDraft(columns, { Driver: null, 'Emp #': null });
    expect(missingFields(without, fields).map((entry) => entry.field)).toEqual([
      'employee_id',
      'first_name',
      'last_name',
    ]);
  });

  afterEach(() => {
    localStorage.clear();
  });

  it('keeps a draft for coming back, and forgets an empty one', () => {
    keepDraft('a', { X: 'status', Y: null });
    expect(loadDraft('a')).toEqual({ X: 'status', Y: null });
    expect(loadDraft('b')).toEqual({});
    keepDraft('a', {});
    expect(localStorage.length).toBe(0);
    localStorage.setItem('dot-import-a', '{"X": 4, "Y": "status"}');
    expect(loadDraft('a')).toEqual({ Y: 'status' });
    localStorage.setItem('dot-import-a', 'not json');
    expect(loadDraft('a')).toEqual({});
  });
});

describe('the errors', () => {
  const error = (row: number, name: string | null, value: string | null): RosterError => ({
    row,
    column: name,
    value,
    problem: 'Two digits, so the century is a guess',
  });
  const errors = [error(4, 'DOB', '5/6/84'), error(5, null, null), error(6, 'DOB', '=1+1')];

  it('are found by column and by all words of a search', () => {
    const found = (filter: Parameters<typeof fits>[1]) =>
      errors.filter((entry) => fits(entry, filter)).map((entry) => entry.row);
    expect(found({ column: null, words: '' })).toEqual([4, 5, 6]);
    expect(found({ column: 'DOB', words: '' })).toEqual([4, 6]);
    expect(found({ column: 'DOB', words: 'Century 84' })).toEqual([4]);
  });

  it('count by column, the worst first', () => {
    expect(columnsOf([...errors, error(7, 'Class', 'Z')])).toEqual([
      { column: 'DOB', count: 2 },
      { column: 'Class', count: 1 },
    ]);
  });

  it('become a file that no spreadsheet runs', () => {
    const text = errorsCsv(errors, ['Row', 'Column', 'Value', 'Problem']);
    expect(text.split('\r\n')).toEqual([
      '\uFEFFRow,Column,Value,Problem',
      '4,DOB,5/6/84,"Two digits, so the century is a guess"',
      '5,,,"Two digits, so the century is a guess"',
      `6,DOB,'=1+1,"Two digits, so the century is a guess"`,
      '',
    ]);
    expect(errorsCsv([error(1, 'a"b', '\tx')], [])).toContain(`"a""b",'\tx`);
  });
});

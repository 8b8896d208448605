import { describe, expect, it } from 'vitest';
import { driverFilters, toQuery } from '@/features/drivers/filters';
import { safeNext } from '@/routes/sign-in';
import { parseSearch, stringifySearch } from './url';

describe('search parameters', () => {
  it('are plain text both ways', () => {
    const search = { q: '12', terminal: 'Memphis East', as_of: '2026-03-01' };
    expect(stringifySearch(search)).toBe('?q=12&terminal=Memphis+East&as_of=2026-03-01');
    expect(parseSearch(stringifySearch(search).slice(1))).toEqual(search);
  });

  it('leave out what is not set', () => {
    expect(stringifySearch({ q: '', state: undefined, add: false })).toBe('');
  });
});

describe('the filters of the drivers page', () => {
  it('survive the address and back', () => {
    const filters = driverFilters({
      state: 'expired',
      may_drive: 'no',
      sort: 'next_due',
      q: 'Ó Núñez',
    });
    expect(driverFilters(parseSearch(stringifySearch({ ...filters }).slice(1)))).toEqual(filters);
  });

  it('ignore what no page of ours wrote', () => {
    const filters = driverFilters({
      state: 'fine',
      may_drive: 'maybe',
      as_of: '2026-02-30',
      sort: 1,
    });
    expect(Object.values(filters).filter((value) => value !== undefined)).toEqual([]);
  });

  it('become the query of the API', () => {
    expect(toQuery({ may_drive: 'no', add: true, q: 'a' }, 50)).toEqual({
      q: 'a',
      may_drive: false,
      limit: 50,
    });
  });
});

it.each(['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', ''])(
  'never leaves the site after sign-in: %s',
  (next) => {
    expect(safeNext(next)).toBeUndefined();
  },
);

it('goes on where the reader was', () => {
  expect(safeNext('/drivers?state=expired')).toBe('/drivers?state=expired');
});

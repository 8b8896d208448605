import { describe, expect, it } from 'vitest';
import type { Profile } from '@/api';
import { driver, driverFile, fileItem } from '../../../tests/driver-file';
import { changeOf, factsOf, unknownFacts, YES_NO } from './facts';
import { grouped, subjectOf } from './groups';
import { moved, statesOf } from './use-changes';
import { nextDue, withoutCitation } from './VerdictPanel';

describe('the groups of a file', () => {
  const items = [
    fileItem('mec', 'valid'),
    fileItem('sph', 'overdue', { due_on: '2026-02-01' }),
    fileItem('cdl', 'expired', { forbids_driving: true }),
    fileItem('mvr_annual', 'expiring', { due_on: '2026-04-01' }),
    fileItem('review_annual', 'due', { due_on: '2026-03-02' }),
    fileItem('ch_annual', 'expiring', { due_on: '2026-03-05' }),
    fileItem('twic', 'not_applicable'),
    fileItem('application', 'valid'),
    fileItem('policy_winter', 'valid', { source: 'policy' }),
  ];

  it('put problems first, then what comes up, then the rest by subject', () => {
    const { groups } = grouped(items);
    expect(
      groups.map((group) => [group.name, group.items.map((item) => item.requirement)]),
    ).toEqual([
      ['attention', ['cdl', 'sph']],
      ['soon', ['ch_annual', 'mvr_annual', 'review_annual']],
      ['medical', ['mec']],
      ['hiring', ['application']],
      ['policy', ['policy_winter']],
    ]);
  });

  it('set aside what does not apply', () => {
    expect(grouped(items).aside.map((item) => item.requirement)).toEqual(['twic']);
    expect(grouped([]).groups).toEqual([]);
  });

  it('lose no requirement, and repeat none', () => {
    const { groups, aside } = grouped(items);
    const all = [...groups.flatMap((group) => group.items), ...aside];
    expect(all.map((item) => item.requirement).sort()).toEqual(
      items.map((item) => item.requirement).sort(),
    );
  });

  it('take a requirement nobody knows for the carrier’s own', () => {
    expect(subjectOf({ requirement: 'brand_new', source: 'federal' })).toBe('policy');
  });
});

describe('facts', () => {
  it('send only what changed, with the version that was read', () => {
    const facts = factsOf(driver);
    expect(changeOf(driver, facts)).toBeNull();
    const changed = {
      ...facts,
      last_name: ' Reyes Soto ',
      phone: '901 555 0100',
      cdl_state: 'tn',
      yesNo: { ...facts.yesNo, interstate: false },
    };
    expect(changeOf(driver, changed)).toEqual({
      version: 7,
      last_name: 'Reyes Soto',
      phone: '901 555 0100',
      profile: { cdl_state: 'TN', interstate: false },
    });
  });

  it('say "not known any more" with null, and "none" with an empty list', () => {
    const known = {
      ...driver,
      phone: '1',
      profile: { interstate: true, endorsements: ['H'], cdl_class: 'A' } satisfies Profile,
    };
    const facts = factsOf(known);
    const cleared = {
      ...facts,
      phone: '',
      endorsements: [],
      cdl_class: null,
      yesNo: { ...facts.yesNo, interstate: null },
    };
    expect(changeOf(known, cleared)).toEqual({
      version: 7,
      phone: null,
      profile: { interstate: null, endorsements: [], cdl_class: null },
    });
  });

  it('count "no" and "none" as answers, null and absent as not known', () => {
    expect(unknownFacts({})).toHaveLength(YES_NO.length + 2);
    const answered = Object.fromEntries(YES_NO.map((fact) => [fact, false]));
    expect(unknownFacts({ ...answered, cdl_class: 'none', endorsements: [] })).toEqual([]);
    expect(unknownFacts({ ...answered, lcv: null, cdl_class: 'none', endorsements: [] })).toEqual([
      'lcv',
    ]);
  });
});

it('marks only the states that moved', () => {
  const before = statesOf(driverFile([fileItem('mec', 'expired'), fileItem('cdl', 'valid')]));
  const after = statesOf(driverFile([fileItem('mec', 'valid'), fileItem('cdl', 'valid')]));
  expect([...moved(before, after)]).toEqual([['mec', 'expired']]);
  expect(moved(after, after).size).toBe(0);
});

it('finds what must be renewed first, today included', () => {
  const items = [
    fileItem('a', 'expired', { due_on: '2026-02-01' }),
    fileItem('b', 'valid', { due_on: '2026-05-01' }),
    fileItem('c', 'expiring', { due_on: '2026-03-01' }),
    fileItem('d', 'not_applicable', { due_on: '2026-03-01' }),
  ];
  expect(nextDue(items, '2026-03-01')?.title).toBe('Title of c');
  expect(nextDue(items.slice(0, 1), '2026-03-01')).toBeUndefined();
});

it('takes the rule off the end of a sentence that shows it as a link anyway', () => {
  const reason = {
    requirement: 'mec',
    title: 'M',
    state: 'expired' as const,
    citations: [{ cfr: '49 CFR 391.45', url: 'https://www.ecfr.gov' }],
  };
  expect(withoutCitation({ ...reason, text: 'It ran out – 49 CFR 391.45' })).toBe('It ran out');
  expect(withoutCitation({ ...reason, text: 'It ran out' })).toBe('It ran out');
});

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { en } from './en';
import { es } from './es';
import { formatMessage, messageParts, placeholders } from './format';

const english: Record<string, string> = en;
const spanish: Record<string, string> = es;

describe('the two languages', () => {
  it('have the same keys', () => {
    expect(Object.keys(spanish).sort()).toEqual(Object.keys(english).sort());
  });

  it('fill the same values into every message', () => {
    const differing = Object.keys(english).filter(
      (key) => placeholders(english[key] ?? '').join() !== placeholders(spanish[key] ?? '').join(),
    );
    expect(differing).toEqual([]);
  });

  it('leave no message empty', () => {
    const empty = Object.entries({ ...english, ...spanish }).filter(([, text]) => !text.trim());
    expect(empty).toEqual([]);
  });

  it('define no key twice', () => {
    const keys = readdirSync('src/i18n/en').flatMap((file) =>
      [...readFileSync(join('src/i18n/en', file), 'utf8').matchAll(/^ {2}'([^']+)':/gm)].map(
        (match) => match[1],
      ),
    );
    expect(keys.length).toBe(new Set(keys).size);
  });
});

describe('formatMessage', () => {
  const drivers = '{count, plural, =0 {Nobody} one {# driver} other {# drivers}} at {place}';

  it.each([
    [0, 'Nobody at Memphis'],
    [1, '1 driver at Memphis'],
    [61, '61 drivers at Memphis'],
    [5000, '5,000 drivers at Memphis'],
  ])('chooses the plural of %i', (count, text) => {
    expect(formatMessage(drivers, { count, place: 'Memphis' }, 'en')).toBe(text);
  });

  it('writes numbers as the language does', () => {
    expect(formatMessage('{n}', { n: 12345 }, 'de-DE')).toBe('12.345');
  });

  it('fills names inside a branch', () => {
    expect(
      formatMessage('{n, plural, one {# of {all}} other {# de {all}}}', { n: 2, all: 9 }, 'en'),
    ).toBe('2 de 9');
  });

  it('leaves a name without a value visible', () => {
    expect(formatMessage('Hello {name}', {}, 'en')).toBe('Hello {name}');
  });
});

it('tells names from branches of one word', () => {
  expect(placeholders('{n, plural, =0 {Filters} other {Filters of {who}}} {x}')).toEqual([
    'n',
    'who',
    'x',
  ]);
});

it('cuts a message at its names', () => {
  expect(messageParts('{a} of {b} drive')).toEqual([
    { name: 'a' },
    { text: ' of ' },
    { name: 'b' },
    { text: ' drive' },
  ]);
});

import { describe, expect, it } from 'vitest';
import { compare, hasUnseen, visible } from './definition';
import { diffLines, foldSame, type Piece } from './diff';
import { CLIENTS, isLocal, recipeFor, shellWord } from './recipes';
import { outcomeOf, scopesWords, spent } from './words';

const URL = 'https://dot.example/mcp';
const plain = (pieces: Piece[] | undefined) => pieces?.map((piece) => piece.text).join('');
const marked = (pieces: Piece[] | undefined) =>
  pieces?.filter((piece) => piece.marked).map((piece) => piece.text);

describe('what to enter in a client', () => {
  it.each([
    ['vscode', ['servers', 'dot-copilot', 'url']],
    ['cursor', ['mcpServers', 'dot-copilot', 'url']],
  ] as const)('is JSON that leads to the address: %s', (client, path) => {
    let value: unknown = JSON.parse(recipeFor(client, URL).snippet?.text ?? '');
    for (const key of path) value = (value as Record<string, unknown>)[key];
    expect(value).toBe(URL);
  });

  it('names the address in every text there is', () => {
    for (const client of CLIENTS) {
      const { snippet } = recipeFor(client, URL);
      if (snippet) expect(snippet.text).toContain(URL);
    }
  });

  it('quotes what a shell would take apart', () => {
    expect(shellWord(URL)).toBe(URL);
    expect(shellWord('https://dot.example/mcp?a=1&b=2')).toBe("'https://dot.example/mcp?a=1&b=2'");
    expect(shellWord("a'b; rm")).toBe(String.raw`'a'\''b; rm'`);
  });

  it.each([
    ['http://localhost:8080/mcp', true],
    ['http://127.0.0.1:8080/mcp', true],
    ['https://192.168.3.4/mcp', true],
    ['https://172.20.0.1/mcp', true],
    ['https://172.32.0.1/mcp', false],
    ['https://[::1]/mcp', true],
    [URL, false],
    ['nonsense', false],
  ])('knows whether the internet reaches %s: local %s', (url, local) => {
    expect(isLocal(url)).toBe(local);
  });
});

describe('differences', () => {
  it('marks the words that differ, and nothing else', () => {
    const [row] = diffLines('reads a file or directory', 'reads a file or folder');
    expect(row?.kind).toBe('changed');
    expect(marked(row?.left)).toEqual(['directory']);
    expect(marked(row?.right)).toEqual(['folder']);
  });

  it('keeps lines that stay beside each other', () => {
    const rows = diffLines('a\nb\nc', 'a\nx\ny\nc');
    expect(rows.map((row) => row.kind)).toEqual(['same', 'changed', 'added', 'same']);
    expect(rows.map((row) => plain(row.right))).toEqual(['a', 'x', 'y', 'c']);
    expect(rows.map((row) => plain(row.left))).toEqual(['a', 'b', undefined, 'c']);
  });

  it('loses and invents no line, whatever the texts', () => {
    const text = (seed: number) =>
      Array.from({ length: 40 }, (_, at) => `line ${(at * seed) % 7} ${at % seed}`).join('\n');
    for (const [a, b] of [
      [text(3), text(5)],
      ['', text(2)],
      [text(2), ''],
      [text(4), text(4)],
    ] as const) {
      const rows = diffLines(a, b);
      const side = (of: 'left' | 'right') =>
        rows.flatMap((row) => (row[of] ? [plain(row[of])] : [])).join('\n');
      expect(side('left')).toBe(a);
      expect(side('right')).toBe(b);
    }
  });

  it('answers at once for texts made to be slow', () => {
    const long = (word: string) =>
      Array.from({ length: 20_000 }, (_, at) => `${word}${at}`).join('\n');
    const start = performance.now();
    expect(diffLines(long('a'), long('b'))).toHaveLength(20_000);
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  it('folds what stays, and leaves three lines around a change', () => {
    const lines = Array.from({ length: 30 }, (_, at) => `line ${at}`);
    const rows = diffLines(lines.join('\n'), lines.with(15, 'other').join('\n'));
    const parts = foldSame(rows);
    expect(parts.map(({ kind, rows: own }) => [kind, own.length])).toEqual([
      ['folded', 12],
      ['rows', 7],
      ['folded', 11],
    ]);
  });
});

describe('a definition', () => {
  it('hides nothing: what no eye sees is spelled out', () => {
    expect(visible('a\u200bb')).toBe('a⟨U+200B⟩b');
    expect(visible('safe\u202eevil')).toBe('safe⟨U+202E⟩evil');
    expect(visible('x\u{e0069}\u{e0067}\u{e006e}\u{e006f}\u{e0072}\u{e0065}')).toBe('x⟨ignore⟩');
    expect(visible('\u001b[2J')).toBe('⟨U+001B⟩[2J');
  });

  it('leaves honest text alone', () => {
    const text = 'Evidencia de año 2 – “quoted”\n\tand ⚠️ 日本語 العربية';
    expect(visible(text)).toBe(text);
    expect(hasUnseen({ description: text, inputSchema: { a: text } })).toBe(false);
  });

  it('is searched to the last corner of its schema', () => {
    expect(hasUnseen({ inputSchema: { properties: { a: { description: 'x\u2063' } } } })).toBe(
      true,
    );
  });

  it('does not differ because its keys come in another order', () => {
    const parts = compare(
      { name: 'n', inputSchema: { type: 'object', required: ['b'] } },
      { inputSchema: { required: ['b'], type: 'object' }, name: 'n' },
    );
    expect(parts.every(({ before, after }) => before === after)).toBe(true);
  });

  it('is read from its name to what is rare, and a part of one side is told', () => {
    const parts = compare({ zebra: 1, name: 'n' }, { description: 'd', name: 'n' });
    expect(parts.map(({ key }) => key)).toEqual(['name', 'description', 'zebra']);
    expect(parts.find(({ key }) => key === 'zebra')?.after).toBeNull();
    expect(parts.find(({ key }) => key === 'description')?.before).toBeNull();
  });
});

describe('words', () => {
  it('join scopes as the language does', () => {
    expect(scopesWords(['drivers:read', 'evidence:write'])).toBe(
      'read drivers and their files and record evidence',
    );
  });

  it('show an outcome nobody wrote words for as it is', () => {
    expect(outcomeOf({ outcome: 'ok' }).words).toBe('Done');
    expect(outcomeOf({ outcome: 'melted' })).toEqual({
      words: 'melted',
      tone: 'unknown',
      glyph: 'unknown',
    });
  });

  it.each([
    [0.42, 'ms', 0.4],
    [18.2, 'ms', 18],
    [999, 'ms', 999],
    [30_004, 'seconds', 30],
  ])('measure %d ms in the unit people feel', (ms, unit, value) => {
    expect(spent(ms)).toEqual({ unit, value });
  });
});

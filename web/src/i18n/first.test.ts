import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { pages } from './en/pages';

const IMPORT = /(?:from|import)\s*\(?\s*'((?:@|\.)[^']*)'/g;

function fileOf(from: string, name: string): string | undefined {
  const base = name.startsWith('@/') ? join('src', name.slice(2)) : join(dirname(from), name);
  return ['', '.ts', '.tsx', '/index.ts']
    .map((end) => base + end)
    .find((path) => /\.tsx?$/.test(path) && existsSync(path));
}

/** What can render before a page has come: all that main.tsx reaches, but for the pages themselves and the words. */
function reachable(): Map<string, string> {
  const seen = new Map<string, string>();
  const waiting = ['src/main.tsx'];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path) || /^src\/(i18n|api)\//.test(path)) continue;
    const source = readFileSync(path, 'utf8');
    seen.set(path, source);
    const withoutPages = source.replaceAll(/\bpage\(\s*\(\)\s*=>\s*import\('[^']*'\)/g, '');
    for (const [, name] of withoutPages.matchAll(IMPORT)) {
      const next = name === undefined ? undefined : fileOf(path, name);
      if (next !== undefined) waiting.push(next);
    }
  }
  return seen;
}

it('loads every word of the frame and of the way in before the first render', () => {
  const files = reachable();
  expect(files.has('src/features/sign-in/SignInPage.tsx')).toBe(true);
  expect(files.has('src/ui/shell/Shell.tsx')).toBe(true);
  const late = [...files].flatMap(([path, source]) =>
    [...source.matchAll(/'([a-zA-Z]+\.[a-zA-Z.]+)'/g)]
      .map(([, key]) => key ?? '')
      .filter((key) => key in pages)
      .map((key) => `${path}: ${key}`),
  );
  expect(late).toEqual([]);
});

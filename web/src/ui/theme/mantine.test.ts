import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const styles = 'node_modules/@mantine/core/styles';

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}

it('loads the styles of every Mantine part that is used', () => {
  const used = sources('src').flatMap((text) =>
    [...text.matchAll(/import \{([^}]*)\} from '@mantine\/core'/g)].flatMap((match) =>
      (match[1] ?? '').split(',').map((name) => name.trim()),
    ),
  );
  const listed = readFileSync('src/ui/theme/mantine.ts', 'utf8');
  const missing = [...new Set(used)].filter(
    (name) => existsSync(`${styles}/${name}.css`) && !listed.includes(`/${name}.layer.css`),
  );
  expect(used.length).toBeGreaterThan(0);
  expect(missing).toEqual([]);
});

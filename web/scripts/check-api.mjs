// Fails when src/api is not what openapi.json generates today.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

/** Every file below a folder, as relative path -> text. */
function tree(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [relative(folder, path), readFileSync(path, 'utf8')];
    }),
  );
}

const scratch = mkdtempSync(join(tmpdir(), 'dot-api-'));
try {
  execFileSync('npx', ['openapi-ts', '--silent'], {
    env: { ...process.env, API_OUT: scratch },
    stdio: 'inherit',
  });
  const [fresh, committed] = [tree(scratch), tree('src/api')];
  const stale = [...new Set([...fresh.keys(), ...committed.keys()])].filter(
    (path) => fresh.get(path) !== committed.get(path),
  );
  if (stale.length > 0) {
    console.error(`src/api is stale (${stale.join(', ')}): run "npm run generate" and commit.`);
    process.exitCode = 1;
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

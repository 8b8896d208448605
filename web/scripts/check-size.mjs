// The first visit must stay light: entry script, what it imports statically, and their styles, gzipped.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const LIMIT_KB = 190;
const manifest = JSON.parse(readFileSync('dist/.vite/manifest.json', 'utf8'));
const files = new Set();

function collect(key) {
  const chunk = manifest[key];
  if (!chunk || files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const style of chunk.css ?? []) files.add(style);
  for (const next of chunk.imports ?? []) collect(next);
}

collect('index.html');
// One language is always loaded; the larger one counts.
collect('src/i18n/es/first.ts');

const kilobytes = (file) => gzipSync(readFileSync(`dist/${file}`)).length / 1000;
const total = [...files].reduce((sum, file) => sum + kilobytes(file), 0);
console.log(
  `initial load: ${total.toFixed(1)} kB gzipped in ${files.size} files (limit ${LIMIT_KB})`,
);
if (total > LIMIT_KB) {
  for (const file of files) console.error(`  ${kilobytes(file).toFixed(1)} kB ${file}`);
  process.exitCode = 1;
}

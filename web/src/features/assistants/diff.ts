/** Line and word differences of two texts, for reading side by side. */

export interface Piece {
  text: string;
  /** What differs from the other side. */
  marked: boolean;
}

export interface DiffRow {
  kind: 'same' | 'changed' | 'removed' | 'added';
  /** Absent where the side has no such line. */
  left?: Piece[];
  right?: Piece[];
}

type Pair = [left: number | null, right: number | null];

/** Beyond this many comparisons the middle counts as replaced: a hostile text must not freeze the page. */
const MOST_CELLS = 1_000_000;

/** Longest common subsequence: which entries of the two lists stand beside each other, in order. */
function align(left: readonly string[], right: readonly string[]): Pair[] {
  let head = 0;
  while (head < left.length && head < right.length && left[head] === right[head]) head += 1;
  let tail = 0;
  while (
    tail < left.length - head &&
    tail < right.length - head &&
    left[left.length - 1 - tail] === right[right.length - 1 - tail]
  )
    tail += 1;
  const rows = left.length - head - tail;
  const columns = right.length - head - tail;
  const pairs: Pair[] = Array.from({ length: head }, (_, at) => [at, at]);
  pairs.push(...alignMiddle(left, right, head, rows, columns));
  for (let at = 0; at < tail; at += 1) {
    pairs.push([left.length - tail + at, right.length - tail + at]);
  }
  return pairs;
}

function alignMiddle(
  left: readonly string[],
  right: readonly string[],
  head: number,
  rows: number,
  columns: number,
): Pair[] {
  const pairs: Pair[] = [];
  const width = columns + 1;
  const compare = rows * columns <= MOST_CELLS;
  // lengths[i * width + j]: the longest common part of left[i..] and right[j..].
  const lengths = new Uint32Array(compare ? (rows + 1) * width : 0);
  const of = (i: number, j: number) => lengths[i * width + j] ?? 0;
  if (compare) {
    for (let i = rows - 1; i >= 0; i -= 1) {
      for (let j = columns - 1; j >= 0; j -= 1) {
        lengths[i * width + j] =
          left[head + i] === right[head + j]
            ? of(i + 1, j + 1) + 1
            : Math.max(of(i + 1, j), of(i, j + 1));
      }
    }
  }
  let [i, j] = [0, 0];
  while (i < rows || j < columns) {
    if (compare && i < rows && j < columns && left[head + i] === right[head + j]) {
      pairs.push([head + i, head + j]);
      i += 1;
      j += 1;
    } else if (i < rows && (j >= columns || of(i + 1, j) >= of(i, j + 1))) {
      pairs.push([head + i, null]);
      i += 1;
    } else {
      pairs.push([null, head + j]);
      j += 1;
    }
  }
  return pairs;
}

const words = (line: string): string[] => line.match(/\s+|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];

/** Neighbours of the same kind become one piece. */
function joined(pieces: Piece[]): Piece[] {
  const result: Piece[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if (last && last.marked === piece.marked) last.text += piece.text;
    else result.push({ ...piece });
  }
  return result;
}

function changedLine(left: string, right: string): DiffRow {
  const [a, b] = [words(left), words(right)];
  const [before, after]: [Piece[], Piece[]] = [[], []];
  for (const [i, j] of align(a, b)) {
    const marked = i === null || j === null;
    if (i !== null) before.push({ text: a[i] ?? '', marked });
    if (j !== null) after.push({ text: b[j] ?? '', marked });
  }
  return { kind: 'changed', left: joined(before), right: joined(after) };
}

/** The lines of both texts side by side; lines replaced by others are compared word by word. */
export function diffLines(before: string, after: string): DiffRow[] {
  const [left, right] = [before.split('\n'), after.split('\n')];
  const rows: DiffRow[] = [];
  let gone: string[] = [];
  let come: string[] = [];
  const flush = () => {
    for (let at = 0; at < Math.max(gone.length, come.length); at += 1) {
      const [old, fresh] = [gone[at], come[at]];
      if (old !== undefined && fresh !== undefined) rows.push(changedLine(old, fresh));
      else if (old !== undefined)
        rows.push({ kind: 'removed', left: [{ text: old, marked: true }] });
      else rows.push({ kind: 'added', right: [{ text: fresh ?? '', marked: true }] });
    }
    gone = [];
    come = [];
  };
  for (const [i, j] of align(left, right)) {
    if (i !== null && j !== null) {
      flush();
      const piece = { text: left[i] ?? '', marked: false };
      rows.push({ kind: 'same', left: [piece], right: [piece] });
    } else if (i !== null) gone.push(left[i] ?? '');
    else if (j !== null) come.push(right[j] ?? '');
  }
  flush();
  return rows;
}

export type Stretch = { kind: 'rows'; rows: DiffRow[] } | { kind: 'folded'; rows: DiffRow[] };

/** Folds long stretches where nothing changed, and leaves `context` lines around each change. */
export function foldSame(rows: readonly DiffRow[], context = 3): Stretch[] {
  const near = new Set<number>();
  rows.forEach((row, at) => {
    if (row.kind === 'same') return;
    for (let by = -context; by <= context; by += 1) near.add(at + by);
  });
  const result: Stretch[] = [];
  rows.forEach((row, at) => {
    const kind = near.has(at) ? 'rows' : 'folded';
    const last = result.at(-1);
    if (last?.kind === kind) last.rows.push(row);
    else result.push({ kind, rows: [row] });
  });
  // Folding a line or two hides more than it saves.
  return result.map((part) =>
    part.kind === 'folded' && part.rows.length <= 2 ? { kind: 'rows', rows: part.rows } : part,
  );
}

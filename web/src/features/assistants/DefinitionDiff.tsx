import { useMemo, useState } from 'react';
import { lookUp } from '@/i18n';
import { useT } from '@/i18n/react';
import { Glyph } from '@/ui/status/glyphs';
import { compare, hasUnseen, type Compared, type Definition } from './definition';
import { diffLines, foldSame, type DiffRow, type Piece, type Stretch } from './diff';
import classes from './diff.module.css';

interface DefinitionDiffProps {
  /** Null: nothing was approved before, so there is one side only. */
  before: Definition | null;
  after: Definition;
}

/** Both definitions part by part and line by line. All of it is text: nothing a server says becomes markup here. */
export function DefinitionDiff({ before, after }: DefinitionDiffProps) {
  const t = useT();
  const parts = useMemo(() => compare(before, after), [before, after]);
  const unseen = hasUnseen(after);
  return (
    <div className={classes.diff}>
      {unseen && (
        <p className={classes.unseen}>
          <Glyph name="overdue" size={16} />
          <span>{t('assistants.held.unseen')}</span>
        </p>
      )}
      {parts.map((part) => (
        <Part key={part.key} part={part} alone={before === null} />
      ))}
    </div>
  );
}

function Part({ part, alone }: { part: Compared; alone: boolean }) {
  const t = useT();
  const title = lookUp(`assistants.held.part.${part.key}`) ?? part.key;
  if (!alone && part.before === part.after) {
    return (
      <details className={classes.same}>
        <summary>
          <b>{title}</b> – {t('assistants.held.unchanged')}
        </summary>
        <pre className={classes.text}>{part.after}</pre>
      </details>
    );
  }
  return (
    <section className={classes.part} aria-label={title}>
      <h4 className={classes.partTitle}>{title}</h4>
      {alone ? (
        <pre className={classes.text}>{part.after}</pre>
      ) : (
        <Sides title={title} before={part.before} after={part.after} />
      )}
    </section>
  );
}

interface SidesProps {
  title: string;
  before: string | null;
  after: string | null;
}

function Sides({ title, before, after }: SidesProps) {
  const t = useT();
  const stretches = useMemo(() => foldSame(rowsOf(before, after)), [before, after]);
  return (
    <table className={classes.table} aria-label={title}>
      <thead className={classes.sides}>
        <tr>
          <th scope="col">{t('assistants.held.before')}</th>
          <th scope="col">{t('assistants.held.after')}</th>
        </tr>
      </thead>
      {stretches.map((stretch, at) => (
        <Lines key={at} stretch={stretch} />
      ))}
    </table>
  );
}

/** A part that only one side has is added or removed as a whole. */
function rowsOf(before: string | null, after: string | null): DiffRow[] {
  const whole = (text: string): Piece[][] =>
    text.split('\n').map((line) => [{ text: line, marked: true }]);
  if (before === null) return whole(after ?? '').map((right) => ({ kind: 'added', right }));
  if (after === null) return whole(before).map((left) => ({ kind: 'removed', left }));
  return diffLines(before, after);
}

function Lines({ stretch }: { stretch: Stretch }) {
  const t = useT();
  const [open, setOpen] = useState(false);
  if (stretch.kind === 'folded' && !open) {
    return (
      <tbody>
        <tr>
          <td colSpan={2} className={classes.folded}>
            <button
              type="button"
              className={classes.unfold}
              onClick={() => {
                setOpen(true);
              }}
            >
              {t('assistants.held.unfold', { count: stretch.rows.length })}
            </button>
          </td>
        </tr>
      </tbody>
    );
  }
  return (
    <tbody>
      {stretch.rows.map((row, at) => (
        <tr key={at} data-kind={row.kind}>
          <Side pieces={row.left} side="left" marked={row.kind !== 'same'} />
          <Side pieces={row.right} side="right" marked={row.kind !== 'same'} />
        </tr>
      ))}
    </tbody>
  );
}

interface SideProps {
  pieces: Piece[] | undefined;
  side: 'left' | 'right';
  marked: boolean;
}

/** Removed and added text is told by its element and a sign in the margin, not by colour alone. */
function Side({ pieces, side, marked }: SideProps) {
  const Mark = side === 'left' ? 'del' : 'ins';
  return (
    <td className={classes.side} data-side={side} data-marked={marked && pieces ? '' : undefined}>
      {pieces?.map((piece, at) =>
        piece.marked ? <Mark key={at}>{piece.text}</Mark> : <span key={at}>{piece.text}</span>,
      )}
    </td>
  );
}

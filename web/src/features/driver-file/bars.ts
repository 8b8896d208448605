import type { Evidence, FileItemOut } from '@/api';
import { addDays, type PlainDate } from '@/core/dates';
import { position, toDay, type Axis } from './axis';

/**
 * What a stretch of time means: `held` in force, `ending` in force but not for long, `past` was in force, `gap` required
 * and not there, `wait` may still be collected, `review` waits for a safety manager, `stop` an event forbids driving,
 * `unclear` nobody knows.
 */
export type Meaning = 'held' | 'ending' | 'past' | 'gap' | 'wait' | 'review' | 'stop' | 'unclear';

export interface Stretch {
  meaning: Meaning;
  /** Percent of the axis, within 0 and 100. */
  from: number;
  to: number;
  /** It began before, or goes on after, what the axis shows. */
  opensLeft: boolean;
  opensRight: boolean;
  /** It has no end at all. */
  endless: boolean;
}

export interface Mark {
  meaning: 'obtained' | 'due' | 'printed';
  at: number;
}

export interface Bar {
  stretches: Stretch[];
  marks: Mark[];
}

const stands = (asOf: PlainDate) => (evidence: Evidence) =>
  evidence.voided_at === null && evidence.review !== 'rejected' && evidence.obtained_on <= asOf;

/** The record a state rests on, as the rules engine says. */
export function basis(item: FileItemOut): Evidence | undefined {
  return item.evidence.find((evidence) => evidence.id === item.evidence_id);
}

class Drawing {
  readonly stretches: Stretch[] = [];

  constructor(private readonly axis: Axis) {}

  /** Adds a stretch of whole days, both ends included; null means without end on that side. */
  add(meaning: Meaning, from: PlainDate | null, until: PlainDate | null): void {
    const [start, end] = [
      from === null ? this.axis.start - 1 : toDay(from),
      until === null ? this.axis.end + 1 : toDay(until) + 1,
    ];
    if (end <= start || end <= this.axis.start || start >= this.axis.end) return;
    this.stretches.push({
      meaning,
      from: Math.max(0, position(this.axis, start)),
      to: Math.min(100, position(this.axis, end)),
      opensLeft: start < this.axis.start,
      opensRight: end > this.axis.end,
      endless: until === null,
    });
  }
}

/** The day after, unless it lies beyond. */
function next(date: PlainDate, within: PlainDate): PlainDate | null {
  const following = addDays(date, 1);
  return following <= within ? following : null;
}

function drawState(drawing: Drawing, item: FileItemOut, asOf: PlainDate, hired: PlainDate | null) {
  const rest = basis(item);
  const since = rest?.obtained_on ?? hired;
  switch (item.state) {
    case 'valid':
    case 'expiring':
      drawing.add(item.state === 'valid' ? 'held' : 'ending', since, item.valid_until);
      break;
    case 'expired': {
      const ended = item.valid_until ?? rest?.expires_on ?? asOf;
      const lapse = next(ended, asOf);
      drawing.add('past', since, ended);
      if (lapse !== null) drawing.add('gap', lapse, asOf);
      break;
    }
    case 'due':
      drawing.add('wait', hired ?? asOf, item.due_on);
      break;
    case 'overdue': {
      const late = item.due_on === null ? hired : next(item.due_on, asOf);
      if (item.due_on !== null) drawing.add('wait', hired ?? item.due_on, item.due_on);
      drawing.add('gap', late, asOf);
      break;
    }
    case 'missing':
      drawing.add('gap', hired, asOf);
      break;
    case 'pending_review':
      drawing.add('review', since, rest?.expires_on ?? item.valid_until);
      break;
    case 'blocked':
      drawing.add('stop', rest?.obtained_on ?? asOf, null);
      break;
    case 'unknown':
      drawing.add('unclear', null, null);
      break;
    case 'not_applicable':
      break;
  }
}

/** A requirement as a bar: collected – valid – runs out. `hired` is the first day of the employment, if known. */
export function barOf(
  item: FileItemOut,
  axis: Axis,
  asOf: PlainDate,
  hired: PlainDate | null,
): Bar {
  const drawing = new Drawing(axis);
  drawState(drawing, item, asOf, hired !== null && hired <= asOf ? hired : null);
  const mark = (meaning: Mark['meaning'], date: PlainDate | null): Mark[] => {
    if (date === null) return [];
    const at = position(axis, toDay(date));
    return at >= 0 && at <= 100 ? [{ meaning, at }] : [];
  };
  const due = item.state === 'due' || item.state === 'overdue' ? item.due_on : null;
  return {
    stretches: drawing.stretches,
    marks: [
      ...item.evidence.filter(stands(asOf)).flatMap((entry) => mark('obtained', entry.obtained_on)),
      ...mark('due', due),
      ...item.conflicts.flatMap((conflict) =>
        conflict.code === 'printed_past_cap' ? mark('printed', conflict.stated) : [],
      ),
    ],
  };
}

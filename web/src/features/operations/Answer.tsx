import type { ReactNode } from 'react';
import type { Alert, OperationsMap } from '@/api';
import { useT } from '@/i18n/react';
import { Glyph, type GlyphName } from '@/ui/status/glyphs';
import { answerOf, secondsSince, toneOfAnswer, type Answer as AnswerTold } from './answer';
import classes from './answer.module.css';
import { clock, duration, milliseconds, rate, share } from './units';
import type { LiveMap } from './use-map';
import { isFailing, nameOf } from './words';

const SIGNS: Record<AnswerTold['kind'], GlyphName> = {
  unreachable: 'unknown',
  down: 'blocked',
  alert: 'overdue',
  degraded: 'expiring',
  starting: 'pending_review',
  warnings: 'expiring',
  works: 'valid',
};

interface AnswerProps {
  map: OperationsMap;
  live: LiveMap;
  paused: boolean;
  onOpen: (part: string) => void;
}

/** First the answer: one sentence, and the three figures of the front door. */
export function Answer({ map, live, paused, onOpen }: AnswerProps) {
  const t = useT();
  const answer = answerOf(map, live.fresh);
  const culprit = culpritOf(answer);
  const sentence = useSentence(answer, live);
  const content = (
    <>
      <span className={classes.plate}>
        <Glyph name={SIGNS[answer.kind]} size={44} />
      </span>
      <span>
        <strong className={classes.sentence}>{sentence.text}</strong>
        <span className={classes.sub}>
          <span>{sentence.sub}</span>
          <span>
            {t(paused ? 'operations.pausedAt' : 'operations.takenAt', {
              time: clock(live.updatedAt, live.now),
            })}
          </span>
        </span>
      </span>
    </>
  );
  return (
    <section
      className={classes.answer}
      data-tone={toneOfAnswer(answer)}
      aria-label={t('operations.answer')}
    >
      {culprit === null ? (
        <div className={classes.verdict}>{content}</div>
      ) : (
        <button type="button" className={classes.verdict} onClick={() => onOpen(culprit)}>
          {content}
        </button>
      )}
      <Door map={map} />
    </section>
  );
}

/** The part that a click on the sentence opens. */
function culpritOf(answer: AnswerTold): string | null {
  switch (answer.kind) {
    case 'down':
    case 'starting':
      return answer.parts[0]?.name ?? null;
    case 'degraded':
      return answer.part.name;
    case 'alert':
      return answer.alert.part;
    case 'warnings':
      return answer.alerts[0]?.part ?? null;
    default:
      return null;
  }
}

function useSentence(answer: AnswerTold, live: LiveMap): { text: string; sub: string } {
  const t = useT();
  const names = (parts: { name: string; label: string }[]) => parts.map(nameOf).join(', ');
  switch (answer.kind) {
    case 'unreachable':
      return {
        text: t('operations.says.unreachable'),
        sub: t('operations.says.unreachableSub', { time: clock(live.updatedAt, live.now) }),
      };
    case 'down': {
      const [first] = answer.parts;
      const since = first?.since ?? null;
      const values = { count: answer.parts.length, parts: names(answer.parts) };
      const text =
        since !== null && answer.parts.length === 1
          ? t('operations.says.downFor', {
              part: values.parts,
              time: duration(secondsSince(since, live.now)),
            })
          : t('operations.says.down', values);
      return { text, sub: first?.detail ?? t('operations.says.downSub') };
    }
    case 'alert':
      return {
        text: answer.alert.summary,
        sub:
          answer.more > 0
            ? t('operations.says.more', { count: answer.more })
            : answer.alert.description,
      };
    case 'degraded': {
      const { replicas } = answer.part;
      const working = replicas.filter((replica) => replica.state === 'works').length;
      return {
        text: t('operations.says.degraded', {
          part: nameOf(answer.part),
          working,
          all: replicas.length,
        }),
        sub: answer.part.detail ?? t('operations.says.degradedSub'),
      };
    }
    case 'starting':
      return {
        text: t('operations.says.starting', {
          count: answer.parts.length,
          parts: names(answer.parts),
        }),
        sub: t('operations.says.startingSub'),
      };
    case 'warnings':
      return oneOrMany(
        answer.alerts,
        t('operations.says.warnings', { count: answer.alerts.length }),
      );
    case 'works':
      return {
        text: t('operations.says.works'),
        sub: t(answer.unseen > 0 ? 'operations.says.worksUnseen' : 'operations.says.worksSub', {
          count: answer.parts,
          unseen: answer.unseen,
        }),
      };
  }
}

/** A single warning is its own sentence. */
function oneOrMany(alerts: Alert[], many: string): { text: string; sub: string } {
  const [first] = alerts;
  if (first !== undefined && alerts.length === 1) {
    return { text: first.summary, sub: first.description };
  }
  return { text: many, sub: alerts.map((alert) => alert.summary).join(' – ') };
}

/** What arrives at the front door: the figures a user feels. */
function Door({ map }: { map: OperationsMap }) {
  const t = useT();
  const door = map.parts.find((part) => part.name === 'nginx');
  return (
    <div className={classes.door}>
      <p className={classes.doorTitle}>{t('operations.door')}</p>
      <dl className={classes.cells}>
        <Cell label={t('operations.figure.rate')}>
          {typeof door?.rate === 'number' ? rate(door.rate) : '–'}
        </Cell>
        <Cell label={t('operations.figure.errors')} failing={isFailing(door?.error_ratio ?? null)}>
          {typeof door?.error_ratio === 'number' ? share(door.error_ratio) : '–'}
        </Cell>
        <Cell label={t('operations.figure.p95')}>
          {typeof door?.p95_ms === 'number' ? milliseconds(door.p95_ms) : '–'}
        </Cell>
      </dl>
    </div>
  );
}

function Cell({
  label,
  failing,
  children,
}: {
  label: string;
  failing?: boolean;
  children: ReactNode;
}) {
  return (
    <div className={classes.cell} data-failing={failing === true || undefined}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

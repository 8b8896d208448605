import { Anchor, Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { CitedReasonOut, FileItemOut } from '@/api';
import { useFormats, useT } from '@/i18n/react';
import { Glyph } from '@/ui/status/glyphs';
import { Citations } from './Citations';
import { useFile } from './context';
import classes from './driver-file.module.css';

/** The answer first, then its reasons, each with the rule and the way to the row that explains it. */
export function VerdictPanel({ isToday }: { isToday: boolean }) {
  const { file } = useFile();
  const tone = !file.employed ? 'muted' : file.may_drive ? 'ok' : 'stop';
  const sign = !file.employed ? 'not_applicable' : file.may_drive ? 'valid' : 'blocked';
  return (
    <section className={classes.verdict} data-tone={tone} aria-labelledby="verdict">
      <span className={classes.verdictSign}>
        <Glyph name={sign} size={56} />
      </span>
      <div className={classes.verdictBody}>
        <Answer isToday={isToday} />
        {file.employed && !file.may_drive && <Reasons reasons={file.reasons} most={3} />}
        {file.employed && file.may_drive && <Outlook />}
        {file.restrictions.length > 0 && file.employed && (
          <Restrictions reasons={file.restrictions} />
        )}
      </div>
    </section>
  );
}

function Answer({ isToday }: { isToday: boolean }) {
  const t = useT();
  const { date } = useFormats();
  const { file, own } = useFile();
  const day = { date: date(file.as_of, { length: 'long' }) };
  const words = () => {
    if (!file.employed) return t('driverFile.verdict.notEmployed', day);
    if (!isToday) {
      return t(file.may_drive ? 'driverFile.verdict.yesOn' : 'driverFile.verdict.noOn', day);
    }
    if (own) {
      return t(file.may_drive ? 'driverFile.verdict.ownYesToday' : 'driverFile.verdict.ownNoToday');
    }
    return t(file.may_drive ? 'driverFile.verdict.yesToday' : 'driverFile.verdict.noToday');
  };
  return (
    <>
      <h2 id="verdict" className={classes.verdictTitle} aria-live="polite">
        {words()}
      </h2>
      {!file.employed && <p>{t('driverFile.verdict.notEmployedText')}</p>}
    </>
  );
}

/** The first ones; a new driver's file may lack a dozen things, and the rows below have them all. */
function Reasons({ reasons, most }: { reasons: CitedReasonOut[]; most: number }) {
  const t = useT();
  const [all, { open }] = useDisclosure(reasons.length <= most + 1);
  return (
    <>
      <ul className={classes.reasons}>
        {(all ? reasons : reasons.slice(0, most)).map((reason) => (
          <Reason key={reason.requirement} reason={reason} />
        ))}
      </ul>
      {!all && (
        <Button variant="default" className={classes.allReasons} onClick={open}>
          {t('driverFile.verdict.more', { count: reasons.length - most })}
        </Button>
      )}
    </>
  );
}

function Reason({ reason }: { reason: CitedReasonOut }) {
  const t = useT();
  const { rows } = useFile();
  return (
    <li>
      <span className={classes.reasonGlyph}>
        <Glyph name={reason.state} size={18} />
      </span>
      <div>
        <p className={classes.reasonText}>{withoutCitation(reason)}</p>
        <p className={classes.reasonMeta}>
          <Citations citations={reason.citations.slice(0, 1)} />
          <Anchor
            inherit
            component="button"
            type="button"
            className={classes.reasonLink}
            onClick={() => rows.reveal(reason.requirement)}
            aria-label={t('driverFile.verdict.showOf', { title: reason.title })}
          >
            {t('driverFile.verdict.show')}
          </Anchor>
        </p>
      </div>
      <NextStep reason={reason} />
    </li>
  );
}

/** What helps: a missing fact is answered, anything else is proved by evidence. */
function NextStep({ reason }: { reason: CitedReasonOut }) {
  const t = useT();
  const { onRecord, onEditFacts } = useFile();
  if (reason.state === 'unknown') {
    return onEditFacts ? (
      <Button variant="default" onClick={onEditFacts}>
        {t('driverFile.facts.edit')}
      </Button>
    ) : null;
  }
  if (!onRecord || reason.state === 'pending_review') return null;
  return (
    <Button
      variant="default"
      aria-label={t('driverFile.recordFor', { title: reason.title })}
      onClick={() => onRecord(reason.requirement)}
    >
      {t('driverFile.recordShort')}
    </Button>
  );
}

/** The sentence ends with its rule; here the rule stands below it, as a link. */
export function withoutCitation({ text, citations }: CitedReasonOut): string {
  const cite = citations.find(({ cfr }) => text.endsWith(` – ${cfr}`));
  return cite ? text.slice(0, -` – ${cite.cfr}`.length) : text;
}

function Restrictions({ reasons }: { reasons: CitedReasonOut[] }) {
  const t = useT();
  return (
    <div className={classes.restrictions}>
      <h3 className={classes.restrictionsTitle}>{t('driverFile.verdict.restricted')}</h3>
      <Reasons reasons={reasons} most={2} />
    </div>
  );
}

/** May drive: what comes next, and what deserves a look although it forbids nothing. */
function Outlook() {
  const t = useT();
  const { date, distance } = useFormats();
  const { file } = useFile();
  const next = nextDue(file.items, file.as_of);
  const attention = file.items.filter((item) =>
    ['expired', 'overdue', 'missing', 'unknown', 'pending_review'].includes(item.state),
  ).length;
  return (
    <div className={classes.outlook}>
      {next ? (
        <p>
          {t('driverFile.verdict.next', {
            title: next.title,
            date: date(next.due_on, { asOf: file.as_of }),
            distance: distance(file.as_of, next.due_on),
          })}
        </p>
      ) : (
        <p>{t('driverFile.verdict.clear')}</p>
      )}
      {attention > 0 && <p>{t('driverFile.verdict.attention', { count: attention })}</p>}
    </div>
  );
}

/** The requirement that must be renewed or collected first. */
export function nextDue(items: readonly FileItemOut[], asOf: string) {
  return items
    .flatMap((item) =>
      item.due_on !== null && item.due_on >= asOf && item.state !== 'not_applicable'
        ? [{ title: item.title, due_on: item.due_on }]
        : [],
    )
    .toSorted((a, b) => a.due_on.localeCompare(b.due_on))[0];
}

import { Button } from '@mantine/core';
import { IconFilePlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ConflictOut, FileItemOut, NoteOut } from '@/api';
import { listRequirementsOptions } from '@/api/@tanstack/react-query.gen';
import { EvidenceList } from '@/features/evidence/EvidenceList';
import { useFormats, useT } from '@/i18n/react';
import { Glyph } from '@/ui/status/glyphs';
import { Citations } from './Citations';
import { useFile } from './context';
import classes from './why.module.css';

/** The arithmetic a person can check, the rule it follows, and what it rests on. */
export function Why({ item }: { item: FileItemOut }) {
  const t = useT();
  const { file, onRecord, onChanged, mayReview } = useFile();
  return (
    <div className={classes.why}>
      <div className={classes.reasoning}>
        <h4 className={classes.heading}>{t('driverFile.why')}</h4>
        <p className={classes.summary}>{item.explanation.summary}</p>
        <Steps item={item} />
        {item.conflicts.map((conflict) => (
          <Conflict key={conflict.evidence_id + conflict.code} conflict={conflict} />
        ))}
        <Notes notes={item.notes} />
        <Rule item={item} />
      </div>
      <div className={classes.proof}>
        <h4 className={classes.heading}>{t('evidence.title')}</h4>
        {item.withheld && <p>{t('evidence.withheld')}</p>}
        <EvidenceList
          requirement={item.requirement}
          titles={new Map(file.items.map((entry) => [entry.requirement, entry.title]))}
          evidence={item.evidence}
          mayReview={mayReview}
          onChanged={onChanged}
        />
        {onRecord && !item.withheld && item.state !== 'not_applicable' && (
          <Button
            variant="default"
            leftSection={<IconFilePlus size={18} stroke={1.7} aria-hidden />}
            onClick={() => onRecord(item.requirement)}
          >
            {t('driverFile.record')}
          </Button>
        )}
      </div>
    </div>
  );
}

function Steps({ item }: { item: FileItemOut }) {
  const { date } = useFormats();
  if (item.explanation.steps.length === 0) return null;
  return (
    <ol className={classes.steps}>
      {item.explanation.steps.map((step, index) => (
        <li key={index}>
          <span className={classes.stepDate}>{step.date ? date(step.date) : ''}</span>
          <span>{step.text}</span>
        </li>
      ))}
    </ol>
  );
}

function Conflict({ conflict }: { conflict: ConflictOut }) {
  const t = useT();
  const { date } = useFormats();
  return (
    <div className={classes.conflict}>
      <Glyph name="expiring" size={18} />
      <div>
        <p className={classes.conflictTitle}>{t('driverFile.why.conflict')}</p>
        <p>{conflict.text}</p>
        {conflict.stated !== null && conflict.counted !== null && (
          <dl className={classes.versus}>
            <div>
              <dt>{t('driverFile.why.stated')}</dt>
              <dd>
                <s>{date(conflict.stated)}</s>
              </dd>
            </div>
            <div>
              <dt>{t('driverFile.why.counted')}</dt>
              <dd>{date(conflict.counted)}</dd>
            </div>
          </dl>
        )}
      </div>
    </div>
  );
}

/** Lesser things to know, such as a date without a document behind it; they change no state. */
function Notes({ notes }: { notes: NoteOut[] }) {
  if (notes.length === 0) return null;
  return (
    <ul className={classes.notes}>
      {notes.map((note) => (
        <li key={note.code}>
          <Glyph name="due" size={14} />
          <span>{note.text}</span>
        </li>
      ))}
    </ul>
  );
}

function Rule({ item }: { item: FileItemOut }) {
  const t = useT();
  const { data } = useQuery({ ...listRequirementsOptions(), staleTime: 5 * 60_000 });
  const rule = data?.items.find((entry) => entry.key === item.requirement);
  const lines: [string, string | undefined][] = [
    [t('driverFile.why.proof'), rule?.evidence],
    [t('driverFile.why.retention'), rule?.retention],
  ];
  return (
    <dl className={classes.rule}>
      {item.citations.length > 0 && (
        <div>
          <dt>{t('driverFile.why.rule')}</dt>
          <dd>
            <Citations citations={item.citations} />
          </dd>
        </div>
      )}
      {lines.map(([name, text]) =>
        text ? (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}

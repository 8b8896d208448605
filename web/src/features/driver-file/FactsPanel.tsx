import { Anchor, Button } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Driver } from '@/api';
import { useT } from '@/i18n/react';
import { Glyph } from '@/ui/status/glyphs';
import { useFile } from './context';
import { unknownFacts, YES_NO } from './facts';
import classes from './driver-file.module.css';

/** The facts behind the file at a glance, and how many nobody has answered. */
export function FactsPanel() {
  const t = useT();
  const { file, onEditFacts } = useFile();
  const unknown = unknownFacts(file.driver.profile).length;
  return (
    <section className={classes.facts} aria-label={t('driverFile.facts')}>
      <FactList driver={file.driver} />
      <div className={classes.factsSide}>
        {onEditFacts && (
          <Button
            variant="default"
            leftSection={<IconPencil size={16} stroke={1.7} aria-hidden />}
            onClick={onEditFacts}
          >
            {t('driverFile.facts.edit')}
          </Button>
        )}
        <p className={classes.factsOpen} data-open={unknown > 0}>
          <Glyph name={unknown > 0 ? 'unknown' : 'valid'} size={16} />
          {unknown > 0
            ? t('driverFile.facts.open', { count: unknown })
            : t('driverFile.facts.allKnown')}
        </p>
      </div>
    </section>
  );
}

function FactList({ driver }: { driver: Driver }) {
  const t = useT();
  return (
    <dl className={classes.factList}>
      <Fact name={t('driverFile.facts.licence')}>
        <Licence driver={driver} />
      </Fact>
      <Fact name={t('driverFile.facts.endorsements')}>
        <Endorsements driver={driver} />
      </Fact>
      <Fact name={t('driverFile.facts.work')}>
        <Work driver={driver} />
      </Fact>
      <Fact name={t('driverFile.facts.contact')}>
        <Contact driver={driver} />
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function NotKnown() {
  const t = useT();
  return <span className={classes.notKnown}>{t('driverFile.facts.notKnown')}</span>;
}

function Licence({ driver: { profile } }: { driver: Driver }) {
  const t = useT();
  const { cdl_class, cdl_number, cdl_state, clp } = profile;
  if (cdl_class === null || cdl_class === undefined) return <NotKnown />;
  const parts = [
    cdl_class === 'none'
      ? t('driverFile.facts.noCdl')
      : t('driverFile.facts.class', { cdl: cdl_class }),
    clp === true ? t('driverFile.facts.clp') : null,
    [cdl_state, cdl_number].filter(Boolean).join(' ') || null,
  ];
  return <>{parts.filter((part) => part !== null).join(' • ')}</>;
}

function Endorsements({ driver: { profile } }: { driver: Driver }) {
  const t = useT();
  const { endorsements } = profile;
  if (endorsements === null || endorsements === undefined) return <NotKnown />;
  if (endorsements.length === 0) return <>{t('driverFile.facts.none')}</>;
  return <>{endorsements.map((code) => t(`driverFile.endorsement.${code}`)).join(', ')}</>;
}

function Work({ driver: { profile } }: { driver: Driver }) {
  const t = useT();
  const held = YES_NO.filter((fact) => fact !== 'clp' && profile[fact] === true);
  if (held.length === 0) return <>{t('driverFile.facts.workNone')}</>;
  return (
    <ul className={classes.heldFacts}>
      {held.map((fact) => (
        <li key={fact}>{t(`driverFile.fact.${fact}`)}</li>
      ))}
    </ul>
  );
}

function Contact({ driver: { phone, email } }: { driver: Driver }) {
  const t = useT();
  if (phone === null && email === null) return <>{t('driverFile.facts.noContact')}</>;
  return (
    <span className={classes.contact}>
      {phone !== null && (
        <Anchor inherit href={`tel:${phone}`}>
          {phone}
        </Anchor>
      )}
      {email !== null && (
        <Anchor inherit href={`mailto:${email}`}>
          {email}
        </Anchor>
      )}
    </span>
  );
}

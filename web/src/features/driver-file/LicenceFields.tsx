import { Checkbox, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useId } from 'react';
import { useT } from '@/i18n/react';
import { DateField } from '@/ui/date/DateField';
import { CDL_CLASSES, ENDORSEMENTS, type Endorsement, type Facts } from './facts';
import { TriState } from './TriState';
import classes from './facts.module.css';

interface LicenceFieldsProps {
  facts: Facts;
  onChange: (change: Partial<Facts>) => void;
  errorOf: (field: string) => string | undefined;
}

export function LicenceFields({ facts, onChange, errorOf }: LicenceFieldsProps) {
  const t = useT();
  return (
    <>
      <div className={classes.pair}>
        <Select
          label={t('driverFile.fact.cdl_class')}
          value={facts.cdl_class ?? 'unknown'}
          onChange={(value) =>
            onChange({ cdl_class: CDL_CLASSES.find((entry) => entry === value) ?? null })
          }
          data={[
            ...CDL_CLASSES.map((value) => ({ value, label: t(`driverFile.cdl.${value}`) })),
            { value: 'unknown', label: t('driverFile.unknown') },
          ]}
        />
        <TextInput
          label={t('driverFile.fact.cdl_number')}
          value={facts.cdl_number}
          error={errorOf('cdl_number')}
          onChange={({ currentTarget }) => onChange({ cdl_number: currentTarget.value })}
        />
        <TextInput
          label={t('driverFile.fact.cdl_state')}
          description={t('driverFile.fact.cdl_stateHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          maxLength={2}
          value={facts.cdl_state}
          error={errorOf('cdl_state')}
          onChange={({ currentTarget }) =>
            onChange({ cdl_state: currentTarget.value.toUpperCase() })
          }
        />
        <DateField
          label={t('driverFile.fact.first_cdl_issued_on')}
          description={t('driverFile.fact.first_cdl_issued_onHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          value={facts.first_cdl_issued_on || undefined}
          error={errorOf('first_cdl_issued_on')}
          onChange={(day) => onChange({ first_cdl_issued_on: day ?? '' })}
        />
      </div>
      <Endorsements
        value={facts.endorsements}
        onChange={(endorsements) => onChange({ endorsements })}
      />
      <TriState
        label={t('driverFile.fact.clp')}
        value={facts.yesNo.clp}
        onChange={(clp) => onChange({ yesNo: { ...facts.yesNo, clp } })}
      />
    </>
  );
}

interface EndorsementsProps {
  /** Empty = none; null = not known. */
  value: Endorsement[] | null;
  onChange: (value: Endorsement[] | null) => void;
}

function Endorsements({ value, onChange }: EndorsementsProps) {
  const t = useT();
  const id = useId();
  const kind = value === null ? 'unknown' : value.length === 0 ? 'none' : 'some';
  const choose = (next: string) => {
    if (next === 'unknown') onChange(null);
    else onChange(next === 'none' ? [] : ['H']);
  };
  return (
    <div className={classes.endorsements}>
      <div className={classes.tri}>
        <span id={id}>{t('driverFile.fact.endorsements')}</span>
        <SegmentedControl
          aria-labelledby={id}
          className={classes.triControl}
          value={kind}
          onChange={choose}
          data={[
            { value: 'some', label: t('driverFile.edit.hasEndorsements') },
            { value: 'none', label: t('driverFile.edit.noEndorsements') },
            { value: 'unknown', label: t('driverFile.unknown') },
          ]}
        />
      </div>
      {value !== null && value.length > 0 && (
        <Checkbox.Group
          aria-labelledby={id}
          value={value}
          onChange={(codes) => onChange(ENDORSEMENTS.filter((code) => codes.includes(code)))}
        >
          <div className={classes.codes}>
            {ENDORSEMENTS.map((code) => (
              <Checkbox key={code} value={code} label={t(`driverFile.endorsement.${code}`)} />
            ))}
          </div>
        </Checkbox.Group>
      )}
    </div>
  );
}

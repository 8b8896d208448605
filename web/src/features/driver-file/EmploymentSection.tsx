import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { changeEmployment, createEmployment, type Driver } from '@/api';
import { useT } from '@/i18n/react';
import { DateField } from '@/ui/date/DateField';
import { toast } from '@/ui/feedback/toast';
import { Trouble } from '@/ui/feedback/Trouble';
import { useFile } from './context';
import classes from './facts.module.css';

interface Episode {
  hired_on: string;
  terminated_on: string;
}

/** Hire and leaving date of the present episode; a rehire is a further one and leaves the old dates alone. */
export function EmploymentSection({ driver }: { driver: Driver }) {
  const t = useT();
  const present = driver.employment;
  const [rehire, setRehire] = useState(present === null);
  const [dates, setDates] = useState<Episode>({
    hired_on: present?.hired_on ?? '',
    terminated_on: present?.terminated_on ?? '',
  });
  const save = useSave(driver, rehire);
  const inverted = dates.terminated_on !== '' && dates.terminated_on < dates.hired_on;

  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (dates.hired_on !== '' && !inverted) save.mutate(dates);
  };
  const again = () => {
    setRehire(true);
    setDates({ hired_on: '', terminated_on: '' });
  };

  return (
    <form onSubmit={submit} noValidate className={classes.form}>
      <fieldset className={classes.group}>
        <legend>
          {present === null
            ? t('driverFile.employment.add')
            : rehire
              ? t('driverFile.employment.rehire')
              : t('driverFile.employment.edit')}
        </legend>
        <div className={classes.pair}>
          <DateField
            label={t('driverFile.employment.hired')}
            value={dates.hired_on || undefined}
            error={dates.hired_on === '' && t('driverFile.employment.hiredMissing')}
            onChange={(day) => setDates({ ...dates, hired_on: day ?? '' })}
          />
          <DateField
            label={t('driverFile.employment.left')}
            description={t('driverFile.employment.leftHint')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            value={dates.terminated_on || undefined}
            error={inverted && t('driverFile.employment.inverted')}
            onChange={(day) => setDates({ ...dates, terminated_on: day ?? '' })}
          />
        </div>
        {save.error !== null && <Trouble error={save.error} />}
        <div className={classes.foot}>
          {present?.terminated_on && !rehire && (
            <Button variant="default" onClick={again}>
              {t('driverFile.employment.rehire')}
            </Button>
          )}
          <Button type="submit" variant="default" loading={save.isPending}>
            {t('action.save')}
          </Button>
        </div>
      </fieldset>
    </form>
  );
}

function useSave(driver: Driver, rehire: boolean) {
  const t = useT();
  const { onChanged } = useFile();
  return useMutation({
    mutationFn: async (dates: Episode) => {
      const body = { hired_on: dates.hired_on, terminated_on: dates.terminated_on || null };
      if (rehire || driver.employment === null) {
        await createEmployment({ path: { driver_id: driver.id }, body, throwOnError: true });
      } else {
        const path = { employment_id: driver.employment.id };
        await changeEmployment({ path, body, throwOnError: true });
      }
    },
    onSuccess: async () => {
      await onChanged();
      toast(t('driverFile.employment.saved'));
    },
  });
}

import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import type { DriverRow } from '@/api';
import { today } from '@/core/dates';
import { useT, type Translator } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';
import { download, toCsv } from './csv';
import type { DriverFilters } from './filters';
import { allDrivers } from './queries';

interface ExportButtonProps {
  filters: DriverFilters;
  disabled: boolean;
  onError: (error: unknown) => void;
}

/** Writes the list as it is filtered and ordered, all of it, not only the rows loaded so far. */
export function ExportButton({ filters, disabled, onError }: ExportButtonProps) {
  const t = useT();
  const [progress, setProgress] = useState<{ done: number; all: number } | null>(null);
  const run = async () => {
    setProgress({ done: 0, all: 0 });
    try {
      const drivers = await allDrivers(filters, (done, all) => {
        setProgress({ done, all });
      });
      download(`drivers-${filters.as_of ?? today()}.csv`, csvOf(drivers, t));
      toast(t('drivers.exported', { count: drivers.length }));
    } catch (error) {
      onError(error);
    } finally {
      setProgress(null);
    }
  };
  return (
    <Button
      variant="default"
      disabled={disabled || progress !== null}
      leftSection={<IconDownload size={18} stroke={1.7} aria-hidden />}
      onClick={() => void run()}
    >
      {progress ? t('drivers.exporting', progress) : t('drivers.export')}
    </Button>
  );
}

function csvOf(drivers: DriverRow[], t: Translator): string {
  const header = [
    'drivers.csv.employeeId',
    'drivers.csv.firstName',
    'drivers.csv.lastName',
    'drivers.csv.terminal',
    'drivers.csv.verdict',
    'drivers.csv.reasons',
    'drivers.csv.nextDue',
    'drivers.csv.nextDueOn',
  ] as const;
  return toCsv(
    header.map((key) => t(key)),
    drivers.map((driver) => [
      driver.employee_id,
      driver.first_name,
      driver.last_name,
      driver.terminal.name,
      t(driver.may_drive ? 'verdict.yes' : 'verdict.no'),
      driver.reasons.map((reason) => reason.text).join('; '),
      driver.next_due?.title ?? '',
      driver.next_due?.due_on ?? '',
    ]),
  );
}

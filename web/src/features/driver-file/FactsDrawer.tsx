import { Button, Drawer, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import type { Driver, DriverChange } from '@/api';
import { changeDriver } from '@/api';
import { listTerminalsOptions } from '@/api/@tanstack/react-query.gen';
import { problemOf } from '@/core/http/problem';
import { useT } from '@/i18n/react';
import { DateField } from '@/ui/date/DateField';
import { toast } from '@/ui/feedback/toast';
import { Trouble } from '@/ui/feedback/Trouble';
import { useFile } from './context';
import { EmploymentSection } from './EmploymentSection';
import { FACT_GROUPS, changeOf, factsOf, type Facts } from './facts';
import { LicenceFields } from './LicenceFields';
import { TriState } from './TriState';
import classes from './facts.module.css';

interface FactsDrawerProps {
  driver: Driver;
  onClose: () => void;
}

/** Everything known about a driver that decides what applies. What nobody knows stays "not known", never "no". */
export default function FactsDrawer({ driver, onClose }: FactsDrawerProps) {
  const t = useT();
  const [facts, setFacts] = useState(() => factsOf(driver));
  const set = (change: Partial<Facts>) => setFacts((now) => ({ ...now, ...change }));
  const save = useSave(driver, onClose);
  const problem = problemOf(save.error);
  const errorOf = (field: string) =>
    problem?.fields.find((entry) => entry.field.endsWith(field))?.message;
  const empty = (text: string) => (text.trim() === '' ? t('driverFile.edit.required') : undefined);

  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const change = changeOf(driver, facts);
    if ([facts.first_name, facts.last_name, facts.employee_id].some((text) => text.trim() === ''))
      return;
    if (change === null) onClose();
    else save.mutate(change);
  };

  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="lg"
      title={t('driverFile.edit.title', { name: `${driver.first_name} ${driver.last_name}` })}
      closeButtonProps={{ 'aria-label': t('action.close') }}
      classNames={{ title: classes.drawerTitle }}
    >
      <p className={classes.lead}>{t('driverFile.edit.lead')}</p>
      <form onSubmit={submit} noValidate className={classes.form}>
        <fieldset className={classes.group}>
          <legend>{t('driverFile.edit.licence')}</legend>
          <LicenceFields facts={facts} onChange={set} errorOf={errorOf} />
        </fieldset>
        {FACT_GROUPS.map((group) => (
          <fieldset key={group.name} className={classes.group}>
            <legend>{t(`driverFile.edit.${group.name}`)}</legend>
            {group.facts.map((fact) => (
              <TriState
                key={fact}
                label={t(`driverFile.fact.${fact}`)}
                value={facts.yesNo[fact]}
                onChange={(value) => set({ yesNo: { ...facts.yesNo, [fact]: value } })}
              />
            ))}
          </fieldset>
        ))}
        <fieldset className={classes.group}>
          <legend>{t('driverFile.edit.person')}</legend>
          <div className={classes.pair}>
            <TextInput
              label={t('driverFile.edit.firstName')}
              value={facts.first_name}
              error={empty(facts.first_name) ?? errorOf('first_name')}
              onChange={({ currentTarget }) => set({ first_name: currentTarget.value })}
            />
            <TextInput
              label={t('driverFile.edit.lastName')}
              value={facts.last_name}
              error={empty(facts.last_name) ?? errorOf('last_name')}
              onChange={({ currentTarget }) => set({ last_name: currentTarget.value })}
            />
            <TextInput
              label={t('driverFile.edit.employeeId')}
              value={facts.employee_id}
              error={empty(facts.employee_id) ?? errorOf('employee_id')}
              onChange={({ currentTarget }) => set({ employee_id: currentTarget.value })}
            />
            <TerminalSelect driver={driver} facts={facts} onChange={set} />
            <DateField
              label={t('driverFile.edit.birth')}
              value={facts.date_of_birth || undefined}
              error={errorOf('date_of_birth')}
              onChange={(day) => set({ date_of_birth: day ?? '' })}
            />
            <TextInput
              label={t('driverFile.edit.phone')}
              type="tel"
              value={facts.phone}
              error={errorOf('phone')}
              onChange={({ currentTarget }) => set({ phone: currentTarget.value })}
            />
          </div>
          <TextInput
            label={t('driverFile.edit.email')}
            type="email"
            value={facts.email}
            error={errorOf('email')}
            onChange={({ currentTarget }) => set({ email: currentTarget.value })}
          />
        </fieldset>
        {save.error !== null && <Trouble error={save.error} />}
        <div className={classes.foot}>
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" color="amber" loading={save.isPending}>
            {t('action.save')}
          </Button>
        </div>
      </form>
      <EmploymentSection driver={driver} />
    </Drawer>
  );
}

function useSave(driver: Driver, onClose: () => void) {
  const t = useT();
  const { onChanged } = useFile();
  return useMutation({
    mutationFn: (change: DriverChange) =>
      changeDriver({ path: { driver_id: driver.id }, body: change, throwOnError: true }),
    onSuccess: async () => {
      await onChanged();
      toast(t('driverFile.edit.saved'));
      onClose();
    },
  });
}

interface TerminalSelectProps {
  driver: Driver;
  facts: Facts;
  onChange: (change: Partial<Facts>) => void;
}

function TerminalSelect({ driver, facts, onChange }: TerminalSelectProps) {
  const t = useT();
  const { data } = useQuery(listTerminalsOptions({ query: { limit: 200 } }));
  const known = data?.items ?? [driver.terminal];
  return (
    <Select
      label={t('driverFile.edit.terminal')}
      data={known.map((terminal) => ({ value: terminal.id, label: terminal.name }))}
      value={facts.terminal_id}
      onChange={(value) => value !== null && onChange({ terminal_id: value })}
    />
  );
}

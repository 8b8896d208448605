import { Button, NumberInput, Select, Skeleton, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { SyntheticEvent } from 'react';
import {
  changeCarrierMutation,
  readCarrierOptions,
  readCarrierQueryKey,
  readMeQueryKey,
} from '@/api/@tanstack/react-query.gen';
import type { Carrier as CarrierFacts } from '@/api';
import { numberOrNull, textOf, textOrNull } from '@/core/form';
import { fieldErrors } from '@/core/http/field-errors';
import { invalidateStandings } from '@/core/http/standings';
import { useT } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';
import { Trouble } from '@/ui/feedback/Trouble';
import { Panel } from '@/ui/layout/Page';
import classes from './settings.module.css';
import { timeZones } from './time-zones';

export default function Carrier() {
  const t = useT();
  const carrier = useQuery(readCarrierOptions());
  return (
    <Panel title={t('settings.carrier.title')}>
      {carrier.isPending && <Skeleton height={320} />}
      {carrier.isError && <Trouble error={carrier.error} onRetry={() => void carrier.refetch()} />}
      {carrier.data && <CarrierForm carrier={carrier.data} />}
    </Panel>
  );
}

function CarrierForm({ carrier }: { carrier: CarrierFacts }) {
  const t = useT();
  const queries = useQueryClient();
  const change = useMutation({
    ...changeCarrierMutation(),
    onSuccess: (saved) => {
      queries.setQueryData(readCarrierQueryKey(), saved);
      void queries.invalidateQueries({ queryKey: readMeQueryKey() });
      // The warning window moves states from "valid" to "runs out soon" and back.
      void invalidateStandings(queries);
      toast(t('action.saved'));
    },
  });
  const told = fieldErrors(change.error);
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    change.mutate({
      body: {
        name: textOf(fields, 'name'),
        mc_number: textOrNull(fields, 'mc_number'),
        default_time_zone: textOf(fields, 'default_time_zone'),
        warning_days: numberOrNull(fields, 'warning_days') ?? carrier.warning_days,
      },
    });
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      {change.isError && <Trouble error={change.error} />}
      <TextInput
        name="name"
        required
        label={t('settings.carrier.name')}
        defaultValue={carrier.name}
        error={told['name']}
      />
      <div className={classes.pair}>
        <TextInput
          label={t('settings.carrier.usdot')}
          description={t('settings.carrier.usdotHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          value={carrier.usdot}
          readOnly
        />
        <TextInput
          name="mc_number"
          inputMode="numeric"
          label={t('settings.carrier.mc')}
          defaultValue={carrier.mc_number ?? ''}
          error={told['mc_number']}
        />
        <NumberInput
          name="warning_days"
          min={0}
          max={365}
          allowDecimal={false}
          label={t('settings.carrier.warning')}
          description={t('settings.carrier.warningHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          defaultValue={carrier.warning_days}
          error={told['warning_days']}
        />
        <Select
          name="default_time_zone"
          searchable
          limit={60}
          label={t('settings.carrier.zone')}
          data={timeZones()}
          defaultValue={carrier.default_time_zone}
          error={told['default_time_zone']}
        />
      </div>
      <div className={classes.actions}>
        <Button type="submit" color="amber" loading={change.isPending}>
          {t('action.save')}
        </Button>
      </div>
    </form>
  );
}

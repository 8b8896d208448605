import { Button, Checkbox, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { requireSecondFactor, type Role } from '@/api';
import {
  readSecondFactorPolicyOptions,
  readSecondFactorPolicyQueryKey,
  readSecondFactorsQueryKey,
} from '@/api/@tanstack/react-query.gen';
import { useProof } from '@/features/account/use-proof';
import { useT } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';
import { Trouble } from '@/ui/feedback/Trouble';
import { Panel } from '@/ui/layout/Page';
import classes from './settings.module.css';
import { ROLES } from './user-form';

/** Which roles nobody signs in to with a password alone. */
export function FactorPolicy() {
  const t = useT();
  const policy = useQuery(readSecondFactorPolicyOptions());
  return (
    <Panel title={t('settings.factorPolicy.title')}>
      {policy.isPending && <Skeleton height={200} />}
      {policy.isError && <Trouble error={policy.error} onRetry={() => void policy.refetch()} />}
      {policy.data && <PolicyForm roles={policy.data.roles} />}
    </Panel>
  );
}

function PolicyForm({ roles }: { roles: Role[] }) {
  const t = useT();
  const queries = useQueryClient();
  const proof = useProof();
  const [chosen, setChosen] = useState(roles);
  const save = useMutation({
    mutationFn: (wanted: Role[]) =>
      proof.guard(() => requireSecondFactor({ body: { roles: wanted }, throwOnError: true })),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: readSecondFactorPolicyQueryKey() });
      void queries.invalidateQueries({ queryKey: readSecondFactorsQueryKey() });
      toast(t('action.saved'));
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate(chosen);
  };
  return (
    <>
      <form className={classes.form} onSubmit={submit}>
        <Checkbox.Group
          label={t('settings.factorPolicy.label')}
          description={t('settings.factorPolicy.lead')}
          value={chosen}
          onChange={(values) => {
            setChosen(ROLES.filter((role) => values.includes(role)));
          }}
        >
          <div className={classes.checks}>
            {ROLES.map((role) => (
              <Checkbox key={role} value={role} label={t(`role.${role}`)} />
            ))}
          </div>
        </Checkbox.Group>
        {save.isError && <Trouble error={save.error} />}
        <div className={classes.actions}>
          <Button type="submit" variant="default" loading={save.isPending}>
            {t('action.save')}
          </Button>
        </div>
      </form>
      {proof.dialog}
    </>
  );
}

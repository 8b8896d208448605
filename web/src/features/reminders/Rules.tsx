import { Button, Checkbox, Select, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { dropReminderRule, setReminderRule, type ReminderRule, type ReminderRules } from '@/api';
import {
  listReminderRulesOptions,
  listReminderRulesQueryKey,
  listRequirementsOptions,
} from '@/api/@tanstack/react-query.gen';
import { useT } from '@/i18n/react';
import { Trouble } from '@/ui/feedback/Trouble';
import { Panel } from '@/ui/layout/Page';
import { ANY, holding, REMINDED, STEPS, toggled } from './rules';
import classes from './rules.module.css';

/** Who is reminded of what, and how long before: of one requirement, or of all that have no rule of their own. */
export default function Rules() {
  const t = useT();
  const rules = useQuery(listReminderRulesOptions());
  const [requirement, setRequirement] = useState(ANY);
  return (
    <Panel title={t('reminderRules.title')}>
      <p className={classes.lead}>{t('reminderRules.lead')}</p>
      {rules.isPending && <Skeleton height={280} mt="md" />}
      {rules.isError && <Trouble error={rules.error} onRetry={() => void rules.refetch()} />}
      {rules.data && (
        <>
          <RequirementPick rules={rules.data} value={requirement} onChange={setRequirement} />
          <Grid rules={rules.data} requirement={requirement} />
        </>
      )}
      <p className={classes.soft}>{t('reminderRules.how')}</p>
    </Panel>
  );
}

interface RequirementPickProps {
  rules: ReminderRules;
  value: string;
  onChange: (requirement: string) => void;
}

/** Requirements with a rule of their own come first, so that they are found again. */
function RequirementPick({ rules, value, onChange }: RequirementPickProps) {
  const t = useT();
  const { data } = useQuery({ ...listRequirementsOptions(), staleTime: 5 * 60_000 });
  const own = new Set(rules.items.map((rule) => rule.requirement));
  const named = (data?.items ?? []).map(({ key, title }) => ({ value: key, label: title }));
  const groups = [
    { group: t('reminderRules.all'), items: [{ value: ANY, label: t('reminderRules.any') }] },
    { group: t('reminderRules.own'), items: named.filter((entry) => own.has(entry.value)) },
    { group: t('reminderRules.others'), items: named.filter((entry) => !own.has(entry.value)) },
  ];
  return (
    <Select
      className={classes.pick}
      label={t('reminderRules.requirement')}
      data={groups.filter((group) => group.items.length > 0)}
      value={value}
      searchable
      allowDeselect={false}
      onChange={(next) => onChange(next ?? ANY)}
    />
  );
}

/** A row a role, a column a step; what is ticked is saved at once. */
function Grid({ rules, requirement }: { rules: ReminderRules; requirement: string }) {
  const t = useT();
  const queries = useQueryClient();
  const onSettled = () => queries.invalidateQueries({ queryKey: listReminderRulesQueryKey() });
  const set = useMutation({
    mutationFn: (body: ReminderRule) => setReminderRule({ body }),
    onSettled,
  });
  const drop = useMutation({
    mutationFn: (role: ReminderRule['role']) =>
      dropReminderRule({ path: { requirement }, query: { role } }),
    onSettled,
  });
  const error = set.error ?? drop.error;
  const busy = set.isPending || drop.isPending;
  const title = t('reminderRules.title');
  return (
    <>
      {/* Wider than a phone: it is scrolled there, by keyboard too. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className={classes.scroll} role="region" aria-label={title} tabIndex={0}>
        <table className={classes.grid}>
          <thead>
            <tr>
              <th scope="col">{t('reminderRules.role')}</th>
              {STEPS.map((step) => (
                <th key={step} scope="col">
                  {t(step < 0 ? 'reminderRules.after' : 'reminderRules.days', { count: step })}
                </th>
              ))}
              <th scope="col">{t('reminderRules.holds')}</th>
            </tr>
          </thead>
          <tbody>
            {REMINDED.map((role) => {
              const { steps, from } = holding(rules, requirement, role);
              return (
                <tr key={role}>
                  <th scope="row">{t(`role.${role}`)}</th>
                  {STEPS.map((step) => (
                    <td key={step}>
                      <Checkbox
                        aria-label={t(step < 0 ? 'reminderRules.tickAfter' : 'reminderRules.tick', {
                          role: t(`role.${role}`),
                          count: step,
                        })}
                        checked={steps.includes(step)}
                        disabled={busy}
                        onChange={() =>
                          set.mutate({ requirement, role, steps: toggled(steps, step) })
                        }
                      />
                    </td>
                  ))}
                  <td>
                    {from === 'own' ? (
                      <Button
                        size="xs"
                        variant="default"
                        disabled={busy}
                        aria-label={t('reminderRules.backOf', { role: t(`role.${role}`) })}
                        onClick={() => drop.mutate(role)}
                      >
                        {t('reminderRules.back')}
                      </Button>
                    ) : (
                      <span className={classes.soft}>{t(`reminderRules.from.${from}`)}</span>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {error !== null && <Trouble error={error} />}
    </>
  );
}

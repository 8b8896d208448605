import { Button, Checkbox, Modal, NumberInput, Select, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { addRequirement, changeRequirement, type PolicyIn, type RequirementOut } from '@/api';
import { listRequirementsQueryKey } from '@/api/@tanstack/react-query.gen';
import { textOf } from '@/core/form';
import { fieldErrors } from '@/core/http/field-errors';
import { invalidateStandings } from '@/core/http/standings';
import { oneOf } from '@/core/url';
import { useT } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';
import { Trouble } from '@/ui/feedback/Trouble';
import { DEADLINES, policyKey, readPolicy, SCOPES } from './policy';
import classes from './settings.module.css';

interface PolicyDialogProps {
  /** Null: a new one. */
  entry: RequirementOut | null;
  onClose: () => void;
}

export function PolicyDialog({ entry, onClose }: PolicyDialogProps) {
  const t = useT();
  const save = useSavePolicy(entry, onClose);
  const [lacking, setLacking] = useState(false);
  const told = fieldErrors(save.error);
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const empty = textOf(fields, 'title') === '';
    setLacking(empty);
    if (!empty) save.mutate(fields);
  };
  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      title={t(entry ? 'settings.requirements.edit' : 'settings.requirements.add')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form className={classes.form} onSubmit={submit} noValidate>
        {save.isError && <Trouble error={save.error} />}
        <TextInput
          name="title"
          required
          maxLength={160}
          data-autofocus
          label={t('settings.requirements.title')}
          defaultValue={entry?.title}
          error={lacking ? t('settings.requirements.missing') : told['title']}
        />
        {!entry && (
          <TextInput
            name="key"
            maxLength={56}
            label={t('settings.requirements.key')}
            description={t('settings.requirements.keyHint')}
            error={told['key']}
          />
        )}
        <PolicyTerms entry={entry} told={told} />
        <Checkbox
          name="blocks_driving"
          label={t('settings.requirements.blocks')}
          defaultChecked={entry?.blocks_driving}
        />
        <Textarea
          name="reason"
          autosize
          minRows={2}
          maxLength={1000}
          label={t('settings.requirements.reason')}
          defaultValue={entry?.policy?.reason}
          error={told['reason']}
        />
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" color="amber" loading={save.isPending}>
            {t('action.save')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

/** Of whom, by when, how often. */
function PolicyTerms({
  entry,
  told,
}: {
  entry: RequirementOut | null;
  told: Record<string, string>;
}) {
  const t = useT();
  const policy = entry?.policy;
  const [deadline, setDeadline] = useState(policy?.deadline ?? 'before_driving');
  return (
    <div className={classes.pair}>
      <Select
        name="applies_to"
        label={t('settings.requirements.applies')}
        data={SCOPES.map((value) => ({
          value,
          label: t(`settings.requirements.applies.${value}`),
        }))}
        defaultValue={policy?.applies_to ?? 'all'}
      />
      <NumberInput
        name="renewal_months"
        min={1}
        max={120}
        allowDecimal={false}
        label={t('settings.requirements.renewal')}
        description={t('settings.requirements.renewalHint')}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        defaultValue={policy?.renewal_months ?? undefined}
        error={told['renewal_months']}
      />
      <Select
        name="deadline"
        label={t('settings.requirements.deadline')}
        value={deadline}
        onChange={(value) => {
          setDeadline(oneOf(DEADLINES, value) ?? 'before_driving');
        }}
        data={DEADLINES.map((value) => ({
          value,
          label: t(`settings.requirements.deadline.${value}`),
        }))}
      />
      {deadline === 'days_after_hire' && (
        <NumberInput
          name="deadline_days"
          min={0}
          max={3650}
          allowDecimal={false}
          label={t('settings.requirements.days')}
          defaultValue={policy?.deadline_days ?? 30}
          error={told['deadline_days']}
        />
      )}
    </div>
  );
}

function useSavePolicy(entry: RequirementOut | null, onDone: () => void) {
  const t = useT();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (fields: FormData) => {
      const policy = readPolicy(fields);
      if (entry) {
        return changeRequirement({ path: { key: entry.key }, body: policy, throwOnError: true });
      }
      const key = policyKey(textOf(fields, 'key') || policy.title);
      // A new requirement has no "unchanged": what is null is left to its default.
      const body = Object.fromEntries(
        Object.entries({ ...policy, key }).filter(([, value]) => value !== null),
      );
      return addRequirement({ body: body as unknown as PolicyIn, throwOnError: true });
    },
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: listRequirementsQueryKey() });
      void invalidateStandings(queries);
      toast(t('settings.requirements.saved'));
      onDone();
    },
  });
}

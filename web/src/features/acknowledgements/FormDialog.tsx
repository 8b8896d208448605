import { Button, Checkbox, Modal, Select, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import {
  changeAcknowledgementForm,
  createAcknowledgementForm,
  type Form,
  type FormWords,
} from '@/api';
import {
  listAcknowledgementFormsQueryKey,
  listAcknowledgementSuggestionsOptions,
  listRequirementsOptions,
} from '@/api/@tanstack/react-query.gen';
import { useT } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';
import { Trouble } from '@/ui/feedback/Trouble';
import classes from './acknowledgements.module.css';
import { emptyDraft, draftOf, isComplete, wordsOf, type Draft } from './draft';

interface FormDialogProps {
  /** Null: a new one. */
  form: Form | null;
  onClose: () => void;
}

/** Writes a form, or the next version of one. */
export function FormDialog({ form, onClose }: FormDialogProps) {
  const t = useT();
  const [draft, setDraft] = useState<Draft>(() => (form ? draftOf(form.words) : emptyDraft()));
  const [requirement, setRequirement] = useState(form?.requirement ?? 'da_policy');
  const [again, setAgain] = useState(true);
  const [tried, setTried] = useState(false);
  const save = useSave(form, onClose);
  const set = (change: Partial<Draft>) => setDraft((now) => ({ ...now, ...change }));
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setTried(true);
    if (isComplete(draft)) save.mutate({ words: wordsOf(draft), requirement, again });
  };
  return (
    <Modal
      opened
      size="xl"
      onClose={onClose}
      title={form ? t('ack.editLabel', { title: form.words.en.title }) : t('ack.new')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form className={classes.sheet} noValidate onSubmit={submit}>
        {save.isError && <Trouble error={save.error} />}
        {form === null && (
          <Begin requirement={requirement} onRequirement={setRequirement} onWords={setDraft} />
        )}
        <TextInput
          label={t('ack.titleEn')}
          required
          maxLength={200}
          value={draft.titleEn}
          error={tried && !isComplete(draft) ? t('ack.tooShort') : undefined}
          onChange={({ currentTarget }) => set({ titleEn: currentTarget.value })}
        />
        <Textarea
          label={t('ack.textEn')}
          required
          autosize
          minRows={4}
          maxRows={14}
          maxLength={20_000}
          value={draft.textEn}
          onChange={({ currentTarget }) => set({ textEn: currentTarget.value })}
        />
        <TextInput
          label={t('ack.titleEs')}
          description={t('ack.esHint')}
          maxLength={200}
          value={draft.titleEs}
          onChange={({ currentTarget }) => set({ titleEs: currentTarget.value })}
        />
        <Textarea
          label={t('ack.textEs')}
          autosize
          minRows={4}
          maxRows={14}
          maxLength={20_000}
          value={draft.textEs}
          onChange={({ currentTarget }) => set({ textEs: currentTarget.value })}
        />
        {form !== null && (
          <Checkbox
            label={t('ack.askAgain')}
            checked={again}
            onChange={({ currentTarget }) => setAgain(currentTarget.checked)}
          />
        )}
        <div className={classes.foot}>
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

interface BeginProps {
  requirement: string;
  onRequirement: (key: string) => void;
  onWords: (draft: Draft) => void;
}

/** What the form proves, and a text to begin with where there is one. */
function Begin({ requirement, onRequirement, onWords }: BeginProps) {
  const t = useT();
  const catalogue = useQuery(listRequirementsOptions());
  const suggestions = useQuery(listAcknowledgementSuggestionsOptions());
  const suggested = suggestions.data?.items.find((item) => item.requirement === requirement);
  return (
    <>
      <Select
        label={t('ack.requirement')}
        searchable
        allowDeselect={false}
        value={requirement}
        onChange={(key) => key !== null && onRequirement(key)}
        data={(catalogue.data?.items ?? []).map(({ key, title }) => ({ value: key, label: title }))}
      />
      {suggested && (
        <div>
          <Button variant="default" onClick={() => onWords(draftOf(suggested.words))}>
            {t('ack.suggest')}
          </Button>
          <p className={classes.soft}>{t('ack.suggestHint')}</p>
        </div>
      )}
    </>
  );
}

function useSave(form: Form | null, onClose: () => void) {
  const t = useT();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (given: { words: FormWords; requirement: string; again: boolean }) => {
      const { words, requirement, again } = given;
      if (form === null) {
        await createAcknowledgementForm({ body: { requirement, words }, throwOnError: true });
        return;
      }
      await changeAcknowledgementForm({
        path: { form_id: form.id },
        body: { version: form.version, words, ask_again: again },
        throwOnError: true,
      });
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: listAcknowledgementFormsQueryKey() });
      toast(t('ack.saved'));
      onClose();
    },
  });
}

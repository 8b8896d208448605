import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useState } from 'react';
import { useT } from '@/i18n/react';

interface PersonFieldProps {
  value: string;
  onChange: (person: string) => void;
}

/** Part of a name or an address; the list follows when the typing pauses. */
export function PersonField({ value, onChange }: PersonFieldProps) {
  const t = useT();
  const [text, setText] = useState(value);
  const tell = useDebouncedCallback(onChange, 300);
  return (
    <TextInput
      type="search"
      label={t('audit.person')}
      placeholder={t('audit.personHint')}
      maxLength={120}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        tell(event.currentTarget.value.trim());
      }}
    />
  );
}

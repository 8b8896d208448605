import type { FormWords } from '@/api';

/** A form as it is being written. */
export interface Draft {
  titleEn: string;
  textEn: string;
  titleEs: string;
  textEs: string;
}

export const emptyDraft = (): Draft => ({ titleEn: '', textEn: '', titleEs: '', textEs: '' });

export const draftOf = ({ en, es }: FormWords): Draft => ({
  titleEn: en.title,
  textEn: en.text,
  titleEs: es?.title ?? '',
  textEs: es?.text ?? '',
});

const written = (title: string, text: string): boolean =>
  title.trim().length >= 3 && text.trim().length >= 20;

/** English is there, and Spanish wholly or not at all. */
export function isComplete({ titleEn, textEn, titleEs, textEs }: Draft): boolean {
  const spanish = titleEs.trim() !== '' || textEs.trim() !== '';
  return written(titleEn, textEn) && (!spanish || written(titleEs, textEs));
}

export const wordsOf = ({ titleEn, textEn, titleEs, textEs }: Draft): FormWords => ({
  en: { title: titleEn, text: textEn },
  es: titleEs.trim() === '' ? null : { title: titleEs, text: textEs },
});

/** Reading forms: fields stay in the DOM, and their text is taken once, at the submit. */

export function textOf(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === 'string' ? value.trim() : '';
}

/** Null for an empty field: the API takes it as "not known" or "not set". */
export function textOrNull(fields: FormData, name: string): string | null {
  const value = textOf(fields, name);
  return value === '' ? null : value;
}

export function numberOrNull(fields: FormData, name: string): number | null {
  const value = textOf(fields, name);
  return /^\d+$/.test(value) ? Number(value) : null;
}

import { problemOf } from './problem';

/**
 * The server's messages by field, for the fields of a form: `body.profile.cdl_state` counts for `cdl_state`.
 * What belongs to no field of the form is shown by `Trouble`.
 */
export function fieldErrors(error: unknown): Record<string, string> {
  const fields = problemOf(error)?.fields ?? [];
  return Object.fromEntries(
    fields.map(({ field, message }) => [field.split('.').pop() ?? field, message]),
  );
}

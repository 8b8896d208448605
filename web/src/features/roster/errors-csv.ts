import type { RosterError } from '@/api';

/** Spreadsheets run what begins like a formula; an apostrophe makes it text. */
function cell(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The errors as a file people can work through in a spreadsheet (UTF-8 with a mark, so that Excel reads it right). */
export function errorsCsv(errors: readonly RosterError[], headings: readonly string[]): string {
  const rows = errors.map((error) => [error.row, error.column, error.value, error.problem]);
  const lines = [headings, ...rows].map((row) => row.map(cell).join(','));
  return `\uFEFF${lines.join('\r\n')}\r\n`;
}

/** Hands a text to the browser as a download. */
export function download(text: string, fileName: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // Only after the browser has taken the file over.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

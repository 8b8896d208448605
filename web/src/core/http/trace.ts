/** W3C Trace Context: the browser begins a trace for each call, so that one number names it from here to the database. */

function hex(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  // All zeros would mean "no trace"; the last byte is never zero.
  random[bytes - 1] = (random[bytes - 1] ?? 0) | 1;
  return Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A `traceparent` of a trace that begins here. The server decides whether it is kept. */
export function traceparent(): string {
  return `00-${hex(16)}-${hex(8)}-00`;
}

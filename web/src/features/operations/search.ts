import { oneOf, someText } from '@/core/url';

export const RANGES = ['15m', '1h', '6h', '24h'] as const;
export type ChartRange = (typeof RANGES)[number];
export const KEPT = ['failed', 'slow'] as const;
export type Kept = (typeof KEPT)[number];

/** What the address says of the page: the part that is open, how far the charts reach back, which traces are listed. */
export interface OperationsSearch {
  part?: string | undefined;
  range?: ChartRange | undefined;
  traces?: Kept | undefined;
}

export function operationsSearch(search: Record<string, unknown>): OperationsSearch {
  const part = someText(search['part'], 40);
  return {
    part: part !== undefined && /^[a-z][a-z0-9-]*$/.test(part) ? part : undefined,
    range: oneOf(RANGES, search['range']),
    traces: oneOf(KEPT, search['traces']),
  };
}

const HEX = /[0-9a-f]{32}/i;

/** The trace id in what somebody pasted: the id alone, a traceparent, or the sentence around it. */
export function traceIdIn(text: string): string | undefined {
  const found = HEX.exec(text.replaceAll(/\s/g, ''))?.[0].toLowerCase();
  return found === undefined || /^0+$/.test(found) ? undefined : found;
}

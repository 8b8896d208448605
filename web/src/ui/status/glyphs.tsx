import type { ReactNode } from 'react';

/**
 * Status marks borrow the shapes of road signs, so that a state is told by its outline alone: octagon = stop,
 * triangle and diamond = warning, circle = in order. Drawn on a 16-unit grid in the current colour.
 */
export type GlyphName =
  | 'blocked'
  | 'expired'
  | 'overdue'
  | 'missing'
  | 'unknown'
  | 'due'
  | 'expiring'
  | 'pending_review'
  | 'valid'
  | 'not_applicable';

const OCTAGON = 'M5.2 1h5.6L15 5.2v5.6L10.8 15H5.2L1 10.8V5.2Z';
const DIAMOND = 'M8 .9 15.1 8 8 15.1.9 8Z';

const line = {
  fill: 'none',
  stroke: 'currentColor',
  strokeWidth: 1.7,
  strokeLinecap: 'round',
  strokeLinejoin: 'round',
} as const;
/** What is cut out of a filled sign takes the colour behind it. */
const cut = { ...line, stroke: 'var(--glyph-cut, var(--dc-surface))' } as const;

const SHAPES: Record<GlyphName, ReactNode> = {
  blocked: (
    <>
      <path d={OCTAGON} fill="currentColor" />
      <path d="M4.6 8h6.8" {...cut} strokeWidth={2.2} />
    </>
  ),
  expired: (
    <>
      <path d={OCTAGON} {...line} />
      <path d="M8 4.6V8l2.2 1.7" {...line} />
    </>
  ),
  overdue: (
    <>
      <path d="M8 1.3 15.3 14.4H.7Z" fill="currentColor" strokeLinejoin="round" />
      <path d="M8 6.2v3.6M8 12.2v.1" {...cut} />
    </>
  ),
  missing: (
    <>
      <rect x="1.6" y="1.6" width="12.8" height="12.8" rx="2" {...line} strokeDasharray="2.6 2.6" />
      <path d="m5.6 5.6 4.8 4.8m0-4.8-4.8 4.8" {...line} />
    </>
  ),
  unknown: (
    <>
      <circle cx="8" cy="8" r="6.5" {...line} strokeDasharray="2.4 2.7" />
      <path d="M6.2 6.3a1.9 1.9 0 1 1 2.6 1.8c-.6.2-.8.6-.8 1.1M8 11.6v.1" {...line} />
    </>
  ),
  due: (
    <>
      <path d={DIAMOND} {...line} />
      <circle cx="8" cy="8" r="1.8" fill="currentColor" />
    </>
  ),
  expiring: (
    <>
      <path d={DIAMOND} fill="currentColor" />
      <path d="M8 4.6v4M8 11.2v.1" {...cut} />
    </>
  ),
  pending_review: (
    <>
      <circle cx="8" cy="8" r="6.6" {...line} />
      <path d="M8 1.4a6.6 6.6 0 0 1 0 13.2Z" fill="currentColor" />
    </>
  ),
  valid: (
    <>
      <circle cx="8" cy="8" r="7.2" fill="currentColor" />
      <path d="m4.7 8.3 2.3 2.3 4.3-4.8" {...cut} />
    </>
  ),
  not_applicable: (
    <>
      <circle cx="8" cy="8" r="6.6" {...line} opacity={0.55} />
      <path d="M5.2 8h5.6" {...line} />
    </>
  ),
};

export function Glyph({ name, size = 16 }: { name: GlyphName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {SHAPES[name]}
    </svg>
  );
}

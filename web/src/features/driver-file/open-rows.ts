import { useLocation } from '@tanstack/react-router';
import { useEffect, useState } from 'react';

const PREFIX = 'req-';

/** The address of a requirement's row inside the page: `/drivers/…#req-mec`. */
export const rowId = (requirement: string): string => PREFIX + requirement;

const linkedRow = (hash: string): string | null =>
  hash.startsWith(PREFIX) ? hash.slice(PREFIX.length) : null;

export interface OpenRows {
  isOpen: (requirement: string) => boolean;
  toggle: (requirement: string) => void;
  /** Unfolds a row and brings it into view. */
  reveal: (requirement: string) => void;
}

/** Which rows are unfolded. A link to a row (`#req-…`) reveals it. */
export function useOpenRows(): OpenRows {
  const linked = linkedRow(useLocation().hash);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set(linked === null ? [] : [linked]));
  const [target, setTarget] = useState(linked === null ? null : { row: linked });

  useEffect(() => {
    if (target === null) return;
    const row = document.getElementById(rowId(target.row));
    row?.scrollIntoView({ block: 'start' });
    row?.querySelector<HTMLElement>('button[aria-expanded]')?.focus({ preventScroll: true });
  }, [target]);

  return {
    isOpen: (requirement) => open.has(requirement),
    toggle: (requirement) => {
      const next = new Set(open);
      if (!next.delete(requirement)) next.add(requirement);
      setOpen(next);
    },
    reveal: (requirement) => {
      setOpen(new Set([...open, requirement]));
      setTarget({ row: requirement });
    },
  };
}

import { createContext, use } from 'react';
import type { DriverFileOut, State } from '@/api';
import type { PlainDate } from '@/core/dates';
import type { Axis } from './axis';
import type { OpenRows } from './open-rows';

/** What the parts of a file share: the file itself, and what the reader may do with it. */
export interface FileActions {
  file: DriverFileOut;
  own: boolean;
  axis: Axis;
  rows: OpenRows;
  /** Today at the driver's terminal, whatever day is shown. */
  today: PlainDate;
  /** Requirements that a change has just moved, with their state before. */
  changes: ReadonlyMap<string, State>;
  /** Call after a change on the server: asks again, and marks what moved. */
  onChanged: () => Promise<void>;
  /** Opens the evidence dialog; undefined when the reader may not record. */
  onRecord: ((requirement: string | null) => void) | undefined;
  /** Opens the facts; undefined when the reader may not change them. */
  onEditFacts: (() => void) | undefined;
  mayReview: boolean;
}

export const FileContext = createContext<FileActions | null>(null);

export function useFile(): FileActions {
  const actions = use(FileContext);
  if (actions === null) throw new Error('outside of a file');
  return actions;
}

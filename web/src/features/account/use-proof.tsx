import { useState, type ReactNode } from 'react';
import { problemOf } from '@/core/http/problem';
import { ProofDialog } from './ProofDialog';

interface Proof {
  /** Sends a request; where the API wants proof first, asks for it and then sends the request again. */
  guard: <T>(request: () => Promise<T>) => Promise<T>;
  /** To be rendered outside of any form. */
  dialog: ReactNode;
  asking: boolean;
}

/** For what is sensitive: the API answers `confirm-first` unless the person showed a moment ago who they are. */
export function useProof(): Proof {
  const [answer, setAnswer] = useState<{ give: (shown: boolean) => void } | null>(null);
  const guard = async <T,>(request: () => Promise<T>): Promise<T> => {
    try {
      return await request();
    } catch (error) {
      if (problemOf(error)?.slug !== 'confirm-first') throw error;
      const shown = await new Promise<boolean>((give) => {
        setAnswer({ give });
      });
      setAnswer(null);
      // Who closes the dialog is told what was asked for, and that nothing was changed.
      if (!shown) throw error;
      return request();
    }
  };
  const dialog = answer && <ProofDialog onAnswer={answer.give} />;
  return { guard, dialog, asking: answer !== null };
}

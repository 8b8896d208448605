import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Confirm } from '@/ui/dialog/Confirm';
import { useProof } from './use-proof';

interface SureDialogProps<T> {
  title: string;
  action: string;
  request: () => Promise<T>;
  onDone: (answer: T) => void;
  onSettled?: () => Promise<unknown>;
  onClose: () => void;
  children: ReactNode;
}

/** Says what a sensitive step takes away, before it is taken. */
export function SureDialog<T>({ title, action, children, ...step }: SureDialogProps<T>) {
  const proof = useProof();
  const send = useMutation({
    mutationFn: () => proof.guard(step.request),
    onSuccess: step.onDone,
    onSettled: () => step.onSettled?.(),
  });
  return (
    <>
      <Confirm
        title={title}
        action={action}
        pending={send.isPending}
        error={send.error}
        covered={proof.asking}
        onConfirm={() => {
          send.mutate();
        }}
        onClose={step.onClose}
      >
        {children}
      </Confirm>
      {proof.dialog}
    </>
  );
}

import { Button } from '@mantine/core';
import { IconFingerprint } from '@tabler/icons-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import {
  canOffer,
  enterWithPasskey,
  hasPasskeys,
  isDismissal,
  offerPasskeys,
} from '@/core/auth/passkey';
import { problemOf } from '@/core/http/problem';
import { useT } from '@/i18n/react';

interface PasskeyButtonProps {
  onEntered: () => Promise<void>;
  onError: (error: unknown) => void;
}

/** Signs in with a passkey: by the button, or by picking one that the browser offers at the e-mail field. */
export default function PasskeyButton({ onEntered, onError }: PasskeyButtonProps) {
  const t = useT();
  const [busy, setBusy] = useState(false);
  const { offer, withdraw } = useOffer(onEntered, onError);
  if (!hasPasskeys()) return null;

  const enter = async () => {
    // A browser has one request at a time.
    withdraw();
    setBusy(true);
    onError(null);
    try {
      await enterWithPasskey();
      await onEntered();
    } catch (error) {
      if (!isDismissal(error)) onError(error);
      offer();
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button
      variant="default"
      size="md"
      leftSection={<IconFingerprint size={20} stroke={1.5} aria-hidden />}
      loading={busy}
      onClick={() => void enter()}
    >
      {t('signIn.passkey')}
    </Button>
  );
}

function useOffer(onEntered: () => Promise<void>, onError: (error: unknown) => void) {
  const standing = useRef<AbortController | null>(null);
  const told = useRef({ onEntered, onError });
  useEffect(() => {
    told.current = { onEntered, onError };
  });
  const withdraw = useCallback(() => standing.current?.abort(), []);
  const offer = useCallback(() => {
    const mine = new AbortController();
    standing.current = mine;
    const run = async () => {
      if (!(await canOffer()) || mine.signal.aborted) return;
      if (await offerPasskeys(mine.signal)) await told.current.onEntered();
    };
    run().catch((error: unknown) => {
      // Nobody asked for the offer: only what became of a passkey that was picked is told.
      const asked = problemOf(error)?.status === 403;
      if (!mine.signal.aborted && asked) told.current.onError(error);
    });
  }, []);
  useEffect(() => {
    offer();
    return withdraw;
  }, [offer, withdraw]);
  return { offer, withdraw };
}

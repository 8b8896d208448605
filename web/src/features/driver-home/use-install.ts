import { useEffect, useState } from 'react';

/** What Chromium offers when a page can be installed; other browsers have a menu of their own for it. */
interface InstallOffer extends Event {
  prompt: () => Promise<unknown>;
}

/** Installs the application; null where the browser offers nothing, or it is installed already. */
export function useInstall(): (() => void) | null {
  const [offer, setOffer] = useState<InstallOffer | null>(null);
  useEffect(() => {
    const take = (event: Event) => {
      event.preventDefault();
      setOffer(event as InstallOffer);
    };
    const done = () => setOffer(null);
    window.addEventListener('beforeinstallprompt', take);
    window.addEventListener('appinstalled', done);
    return () => {
      window.removeEventListener('beforeinstallprompt', take);
      window.removeEventListener('appinstalled', done);
    };
  }, []);
  return (
    offer &&
    (() => {
      setOffer(null);
      void offer.prompt();
    })
  );
}

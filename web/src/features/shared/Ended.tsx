import { IconLock } from '@tabler/icons-react';
import { useT } from '@/i18n/react';
import { Blank } from '@/ui/feedback/Blank';
import { Outside } from '@/ui/shell/Outside';

/** The carrier ended the access, or its time is over: nothing of it is shown any more. */
export function Ended({ revoked }: { revoked: boolean }) {
  const t = useT();
  return (
    <Outside page="shared.title">
      <div role="alert">
        <Blank
          icon={<IconLock size={32} stroke={1.5} aria-hidden />}
          title={t(revoked ? 'shared.revoked' : 'shared.expired')}
          text={t('shared.endedText')}
        />
      </div>
    </Outside>
  );
}

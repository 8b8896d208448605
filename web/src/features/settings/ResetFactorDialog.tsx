import { resetSecondFactor, type User } from '@/api';
import { SureDialog } from '@/features/account/SureDialog';
import { useT } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';

interface ResetFactorDialogProps {
  user: User;
  onClose: () => void;
}

/** For somebody who lost the phone and the recovery codes. */
export function ResetFactorDialog({ user, onClose }: ResetFactorDialogProps) {
  const t = useT();
  return (
    <SureDialog
      title={t('settings.users.resetFactorAsk', { name: user.name })}
      action={t('settings.users.resetFactor')}
      request={async () =>
        (await resetSecondFactor({ path: { user_id: user.id }, throwOnError: true })).data
      }
      onDone={() => {
        toast(t('settings.users.resetFactorDone', { name: user.name }));
        onClose();
      }}
      onClose={onClose}
    >
      <p>{t('settings.users.resetFactorText')}</p>
    </SureDialog>
  );
}

import { Button } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useT } from '@/i18n/react';

interface CopyButtonProps {
  text: string;
  /** What is copied, for those who do not see what stands beside it. */
  label: string;
  /** The action of its panel. */
  strong?: boolean;
}

export function CopyButton({ text, label, strong = false }: CopyButtonProps) {
  const t = useT();
  const clipboard = useClipboard();
  const Icon = clipboard.copied ? IconCheck : IconCopy;
  return (
    <Button
      {...(strong ? { color: 'amber' } : { variant: 'default' })}
      leftSection={<Icon size={18} stroke={1.7} aria-hidden />}
      aria-label={clipboard.copied ? t('assistants.how.copied') : label}
      onClick={() => {
        clipboard.copy(text);
      }}
    >
      {t(clipboard.copied ? 'assistants.how.copied' : 'assistants.how.copy')}
    </Button>
  );
}

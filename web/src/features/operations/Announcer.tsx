import { VisuallyHidden } from '@mantine/core';
import { useT } from '@/i18n/react';
import type { Change } from './changes';
import { nameOf } from './words';

/** Says what changed to who does not see the map. */
export function Announcer({ changes }: { changes: readonly Change[] }) {
  const t = useT();
  const [latest] = changes;
  const together = changes.filter((change) => change.at.getTime() === latest?.at.getTime());
  return (
    <VisuallyHidden role="status">
      {together
        .map((change) =>
          t(`operations.change.${change.kind}`, {
            part: nameOf({ name: change.part, label: change.label }),
          }),
        )
        .join('. ')}
    </VisuallyHidden>
  );
}

import { Button, Modal, Skeleton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { listAcknowledgementSigners, type Form } from '@/api';
import { listAcknowledgementSignersQueryKey } from '@/api/@tanstack/react-query.gen';
import { useFormats, useT } from '@/i18n/react';
import { Trouble } from '@/ui/feedback/Trouble';
import { Glyph } from '@/ui/status/glyphs';
import classes from './acknowledgements.module.css';

/** Those it is meant for, and when each signed. */
export function Signers({ form, onClose }: { form: Form; onClose: () => void }) {
  const t = useT();
  const { date } = useFormats();
  const path = { form_id: form.id };
  const signers = useInfiniteQuery({
    queryKey: [...listAcknowledgementSignersQueryKey({ path }), 'pages'],
    queryFn: async ({ pageParam, signal }) =>
      (
        await listAcknowledgementSigners({
          path,
          query: { cursor: pageParam },
          signal,
          throwOnError: true,
        })
      ).data,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const items = signers.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('ack.whoLabel', { title: form.words.en.title })}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      {signers.isPending && <Skeleton height={240} />}
      {signers.isError && <Trouble error={signers.error} onRetry={() => void signers.refetch()} />}
      {signers.data && items.length === 0 && <p>{t('ack.nobody')}</p>}
      <ul className={classes.signers}>
        {items.map((signer) => (
          <li key={signer.driver_id} className={classes.signer}>
            <Glyph name={signer.signed_on === null ? 'missing' : 'valid'} size={20} />
            <Link to="/drivers/$driverId" params={{ driverId: signer.driver_id }}>
              {signer.last_name}, {signer.first_name}
            </Link>
            <span className={classes.soft}>{signer.terminal_name}</span>
            <span>
              {signer.signed_on === null
                ? t('ack.notSigned')
                : t('ack.signedOn', { date: date(signer.signed_on) })}
            </span>
          </li>
        ))}
      </ul>
      {signers.hasNextPage && (
        <Button
          variant="default"
          loading={signers.isFetchingNextPage}
          onClick={() => void signers.fetchNextPage()}
        >
          {t('action.more')}
        </Button>
      )}
    </Modal>
  );
}

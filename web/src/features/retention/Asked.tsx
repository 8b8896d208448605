import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { cancelDocumentRequest } from '@/api';
import {
  listDocumentRequestsOptions,
  listDocumentRequestsQueryKey,
} from '@/api/@tanstack/react-query.gen';
import { may, useMe } from '@/core/auth/me';
import { useFormats, useT } from '@/i18n/react';
import classes from './retention.module.css';

interface AskedProps {
  driverId: string;
  titles: ReadonlyMap<string, string>;
}

/** What the driver was asked for and has not sent yet. */
export function Asked({ driverId, titles }: AskedProps) {
  const t = useT();
  const me = useMe();
  const queries = useQueryClient();
  const { date } = useFormats();
  const path = { driver_id: driverId };
  const { data } = useQuery(listDocumentRequestsOptions({ path }));
  const cancel = useMutation({
    mutationFn: (id: string) => cancelDocumentRequest({ path: { document_request_id: id } }),
    onSuccess: () =>
      queries.invalidateQueries({ queryKey: listDocumentRequestsQueryKey({ path }) }),
  });
  const open = data?.items.filter((request) => request.state === 'open') ?? [];
  return (
    <ul className={classes.list}>
      {open.map((request) => {
        const title = titles.get(request.requirement) ?? request.requirement;
        return (
          <li key={request.id} className={classes.row}>
            <div className={classes.what}>
              <b>
                {request.due_on === null
                  ? t('retention.open', { title })
                  : t('retention.openDue', { title, date: date(request.due_on) })}
              </b>
              {request.note !== '' && <span className={classes.meta}>{request.note}</span>}
            </div>
            {may(me, 'evidence:write') && (
              <Button size="xs" variant="subtle" onClick={() => cancel.mutate(request.id)}>
                {t('retention.cancel')}
              </Button>
            )}
          </li>
        );
      })}
    </ul>
  );
}

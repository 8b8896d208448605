import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { renewShareCode, type Share, type State } from '@/api';
import { listSharesQueryKey } from '@/api/@tanstack/react-query.gen';
import { formatInstant } from '@/core/dates';
import { useLocale, useT } from '@/i18n/react';
import { Trouble } from '@/ui/feedback/Trouble';
import { Glyph } from '@/ui/status/glyphs';
import type { Tone } from '@/ui/status/states';
import { Tag } from '@/ui/status/Tag';
import { Secret } from './Opened';
import { RevokeShare } from './RevokeShare';
import { ShareLog } from './ShareLog';
import classes from './shares.module.css';

const LOOKS: Record<Share['state'], { tone: Tone; glyph: State }> = {
  active: { tone: 'ok', glyph: 'valid' },
  expired: { tone: 'unknown', glyph: 'not_applicable' },
  revoked: { tone: 'stop', glyph: 'blocked' },
};

/** One share: for whom, until when, who came in, and what can be done with it. */
export function ShareItem({ share }: { share: Share }) {
  const t = useT();
  const locale = useLocale();
  const [opened, { toggle }] = useDisclosure(false);
  const [revoking, revoke] = useDisclosure(false);
  const look = LOOKS[share.state];
  const active = share.state === 'active';
  return (
    <li className={classes.item}>
      <div className={classes.itemHead}>
        <div className={classes.what}>
          <p className={classes.name}>{share.title}</p>
          <p className={classes.soft}>
            {t('shares.facts', {
              count: share.drivers,
              when: formatInstant(share.expires_at, locale),
              who: share.created_by_name ?? t('audit.removed'),
            })}
          </p>
          <p className={classes.soft}>
            {share.last_visit_at === null
              ? t('shares.nobodyYet')
              : t('shares.visited', {
                  count: share.sign_ins,
                  when: formatInstant(share.last_visit_at, locale),
                })}
          </p>
        </div>
        <Tag tone={look.tone} sign={<Glyph name={look.glyph} size={14} />}>
          {t(`shares.state.${share.state}`)}
        </Tag>
      </div>
      <div className={classes.buttons}>
        <Button
          variant="default"
          aria-expanded={opened}
          leftSection={<IconChevronDown size={18} stroke={1.7} aria-hidden />}
          onClick={toggle}
        >
          {t('shares.log')}
        </Button>
        {active && (
          <>
            <NewCode share={share} />
            <Button variant="default" onClick={revoke.open}>
              {t('shares.revoke')}
            </Button>
          </>
        )}
      </div>
      {opened && <ShareLog share={share} />}
      {revoking && <RevokeShare share={share} onClose={revoke.close} />}
    </li>
  );
}

function NewCode({ share }: { share: Share }) {
  const t = useT();
  const queries = useQueryClient();
  const renew = useMutation({
    mutationFn: async () => (await renewShareCode({ path: { share_id: share.id } })).data,
    onSuccess: () => queries.invalidateQueries({ queryKey: listSharesQueryKey() }),
  });
  return (
    <>
      <Button variant="default" loading={renew.isPending} onClick={() => renew.mutate()}>
        {t('shares.newCode')}
      </Button>
      {renew.isError && <Trouble error={renew.error} />}
      {renew.data && (
        <div className={classes.renewed} role="status">
          <Secret label={t('shares.opened.code')} value={renew.data.code} />
          <p className={classes.soft}>{t('shares.newCodeText')}</p>
        </div>
      )}
    </>
  );
}

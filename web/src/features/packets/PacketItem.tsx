import { Button, Progress } from '@mantine/core';
import { useClipboard, useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconCopy, IconDownload } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { cancelPacket, type Packet } from '@/api';
import { listPacketsQueryKey } from '@/api/@tanstack/react-query.gen';
import { formatInstant } from '@/core/dates';
import { useFormats, useLocale, useT } from '@/i18n/react';
import { Trouble } from '@/ui/feedback/Trouble';
import { formatSize } from '@/ui/files/size';
import { Glyph } from '@/ui/status/glyphs';
import { Tag } from '@/ui/status/Tag';
import { download } from './download';
import { PacketDrivers } from './PacketDrivers';
import { RevokePacket } from './RevokePacket';
import { lookOf } from './states';
import classes from './packets.module.css';

/** One packet: what it is, how far it has come, and what can be done with it. */
export function PacketItem({ packet }: { packet: Packet }) {
  const t = useT();
  const locale = useLocale();
  const { date } = useFormats();
  const [opened, { toggle }] = useDisclosure(false);
  const look = lookOf(packet);
  return (
    <li className={classes.item}>
      <div className={classes.itemHead}>
        <div className={classes.what}>
          <p className={classes.name}>{packet.title || t('packets.of', { count: packet.total })}</p>
          <p className={classes.soft}>
            {t('packets.facts', {
              count: packet.total,
              date: date(packet.as_of),
              when: formatInstant(packet.created_at, locale),
              who: packet.created_by_name ?? t('audit.removed'),
            })}
          </p>
          <Code code={packet.code} url={packet.verify_url} />
        </div>
        <Tag tone={look.tone} sign={<Glyph name={look.glyph} size={14} />}>
          {t(`packets.state.${look.word}`)}
        </Tag>
      </div>
      <Building packet={packet} />
      {packet.problem !== null && <p role="alert">{packet.problem}</p>}
      <Actions packet={packet} opened={opened} onToggle={toggle} />
      {opened && <PacketDrivers packet={packet} />}
    </li>
  );
}

function Code({ code, url }: { code: string; url: string }) {
  const t = useT();
  const clipboard = useClipboard();
  return (
    <p className={classes.codeLine}>
      <span className={classes.soft}>{t('packets.code')}</span> <code>{code}</code>
      <Button
        variant="subtle"
        size="compact-sm"
        className={classes.copy}
        leftSection={<IconCopy size={16} stroke={1.7} aria-hidden />}
        aria-label={t(clipboard.copied ? 'packets.copied' : 'packets.copyVerifyOf', { code })}
        onClick={() => clipboard.copy(url)}
      >
        {t(clipboard.copied ? 'packets.copied' : 'packets.copyVerify')}
      </Button>
    </p>
  );
}

function Building({ packet }: { packet: Packet }) {
  const t = useT();
  if (packet.state !== 'queued' && packet.state !== 'building') return null;
  const done = packet.built === packet.total;
  return (
    <div className={classes.progress}>
      <Progress.Root size="lg">
        <Progress.Section
          value={(100 * packet.built) / packet.total}
          color="var(--dc-amber)"
          aria-label={t('packets.building')}
        />
      </Progress.Root>
      <p role="status">
        {done
          ? t('packets.binding')
          : t('packets.progress', { done: packet.built, all: packet.total })}
      </p>
    </div>
  );
}

interface ActionsProps {
  packet: Packet;
  opened: boolean;
  onToggle: () => void;
}

function Actions({ packet, opened, onToggle }: ActionsProps) {
  const t = useT();
  const locale = useLocale();
  const queries = useQueryClient();
  const [revoking, revoke] = useDisclosure(false);
  const fetch = useMutation({
    mutationFn: (what: 'archive' | 'manifest') => download(packet.id, { what }),
  });
  const cancel = useMutation({
    mutationFn: async () => (await cancelPacket({ path: { packet_id: packet.id } })).data,
    onSettled: () => queries.invalidateQueries({ queryKey: listPacketsQueryKey() }),
  });
  const running = packet.state === 'queued' || packet.state === 'building';
  const error = fetch.error ?? cancel.error;
  return (
    <>
      {error !== null && <Trouble error={error} />}
      <div className={classes.buttons}>
        {packet.downloadable && packet.archive_size !== null && (
          <Button
            variant="default"
            leftSection={<IconDownload size={18} stroke={1.7} aria-hidden />}
            loading={fetch.isPending && fetch.variables === 'archive'}
            onClick={() => fetch.mutate('archive')}
          >
            {t('packets.zip', { size: formatSize(packet.archive_size, locale) })}
          </Button>
        )}
        {running && (
          <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
            {t('packets.stop')}
          </Button>
        )}
        {packet.state === 'done' && (
          <>
            <Button
              variant="default"
              aria-expanded={opened}
              leftSection={
                <IconChevronDown size={18} stroke={1.7} aria-hidden data-open={opened} />
              }
              onClick={onToggle}
            >
              {t('packets.drivers', { count: packet.total })}
            </Button>
            <Button variant="default" onClick={() => fetch.mutate('manifest')}>
              {t('packets.manifest')}
            </Button>
            {packet.revoked_at === null && (
              <Button variant="default" onClick={revoke.open}>
                {t('packets.revoke')}
              </Button>
            )}
          </>
        )}
      </div>
      {revoking && <RevokePacket packet={packet} onClose={revoke.close} />}
    </>
  );
}

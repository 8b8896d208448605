import { Button, Skeleton } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { RequirementOut } from '@/api';
import { listRequirementsOptions } from '@/api/@tanstack/react-query.gen';
import { may, useMe } from '@/core/auth/me';
import { today } from '@/core/dates';
import { useFormats, useT } from '@/i18n/react';
import { Blank } from '@/ui/feedback/Blank';
import { Trouble } from '@/ui/feedback/Trouble';
import { Panel } from '@/ui/layout/Page';
import { PolicyDialog } from './PolicyDialog';
import { RetireDialog } from './RetireDialog';
import classes from './settings.module.css';

type Dialog =
  { kind: 'edit'; entry: RequirementOut | null } | { kind: 'retire'; entry: RequirementOut };

export default function Requirements() {
  const t = useT();
  const mayEdit = may(useMe(), 'policy:manage');
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const requirements = useQuery(listRequirementsOptions());
  const close = () => {
    setDialog(null);
  };
  const entries = requirements.data?.items ?? [];
  const own = entries.filter((entry) => entry.source === 'policy' && inForce(entry));
  return (
    <div className={classes.stack}>
      <Panel
        title={t('settings.requirements.own')}
        aside={
          mayEdit && (
            <Button
              color="amber"
              leftSection={<IconPlus size={18} stroke={1.7} aria-hidden />}
              onClick={() => {
                setDialog({ kind: 'edit', entry: null });
              }}
            >
              {t('settings.requirements.add')}
            </Button>
          )
        }
      >
        <p className={classes.soft}>{t('settings.requirements.ownLead')}</p>
        {requirements.isPending && <Skeleton height={120} mt="sm" />}
        {requirements.isError && (
          <Trouble error={requirements.error} onRetry={() => void requirements.refetch()} />
        )}
        {requirements.data && own.length === 0 && (
          <Blank
            title={t('settings.requirements.none')}
            text={t('settings.requirements.noneText')}
          />
        )}
        <ul className={classes.list}>
          {own.map((entry) => (
            <li key={entry.key} className={classes.item}>
              <Told entry={entry} />
              {mayEdit && (
                <div className={classes.buttons}>
                  <Button
                    variant="default"
                    aria-label={t('settings.requirements.editLabel', { title: entry.title })}
                    onClick={() => {
                      setDialog({ kind: 'edit', entry });
                    }}
                  >
                    {t('action.edit')}
                  </Button>
                  <Button
                    variant="default"
                    aria-label={t('settings.requirements.retireLabel', { title: entry.title })}
                    onClick={() => {
                      setDialog({ kind: 'retire', entry });
                    }}
                  >
                    {t('settings.requirements.retire')}
                  </Button>
                </div>
              )}
            </li>
          ))}
        </ul>
      </Panel>
      <Panel title={t('settings.requirements.federal')}>
        {requirements.isPending && <Skeleton height={480} />}
        <ul className={classes.list}>
          {entries
            .filter((entry) => entry.source === 'federal')
            .map((entry) => (
              <li key={entry.key} className={classes.item}>
                <Told entry={entry} />
              </li>
            ))}
        </ul>
      </Panel>
      {dialog?.kind === 'edit' && <PolicyDialog entry={dialog.entry} onClose={close} />}
      {dialog?.kind === 'retire' && <RetireDialog entry={dialog.entry} onClose={close} />}
    </div>
  );
}

const inForce = (entry: RequirementOut) =>
  entry.effective_to === null || entry.effective_to >= today();

/** What the requirement asks, of whom, where it stands in the rules, and whether the entry was checked. */
function Told({ entry }: { entry: RequirementOut }) {
  const t = useT();
  const { date } = useFormats();
  const facts = [
    entry.applies_to,
    entry.trigger,
    t('settings.requirements.renews', { renewal: entry.renewal }),
    entry.blocks_driving && t('settings.requirements.keepsOff'),
  ].filter((fact) => fact !== false && fact !== '');
  return (
    <div className={classes.grow}>
      <p className={classes.strong}>{entry.title}</p>
      <p>{facts.join(' – ')}</p>
      {entry.source === 'federal' && (
        <p className={classes.soft}>
          {entry.citations.map(({ cfr, url }) => (
            <span key={cfr}>
              <a href={url} target="_blank" rel="noreferrer" className={classes.citation}>
                {cfr}
              </a>
              {' – '}
            </span>
          ))}
          {entry.verified_on === null
            ? t('settings.requirements.unverified')
            : t('settings.requirements.verified', { date: date(entry.verified_on) })}
        </p>
      )}
      {entry.policy && entry.policy.reason !== '' && (
        <p className={classes.soft}>{entry.policy.reason}</p>
      )}
    </div>
  );
}

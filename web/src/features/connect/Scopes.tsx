import { Checkbox } from '@mantine/core';
import { IconEye, IconLink, IconPencil } from '@tabler/icons-react';
import type { ConsentScope, Role, Scope } from '@/api';
import { useT } from '@/i18n/react';
import { Glyph } from '@/ui/status/glyphs';
import { Tag } from '@/ui/status/Tag';
import classes from './connect.module.css';

interface ScopesProps {
  scopes: readonly ConsentScope[];
  chosen: readonly Scope[];
  onChange: (scopes: Scope[]) => void;
  role: Role;
}

/** What it asks for, changing before reading; what the person's role can't give is named last, and why. */
export function Scopes({ scopes, chosen, onChange, role }: ScopesProps) {
  const t = useT();
  const allowed = scopes.filter((entry) => entry.allowed).sort((a, b) => rank(a) - rank(b));
  const refused = scopes.filter((entry) => !entry.allowed);
  const toggle = (scope: Scope, on: boolean) => {
    onChange(on ? [...chosen, scope] : chosen.filter((entry) => entry !== scope));
  };
  return (
    <>
      <fieldset className={classes.scopes}>
        <legend className={classes.legend}>{t('connect.may')}</legend>
        <p className={classes.soft}>
          {t(allowed.length > 0 ? 'connect.mayHint' : 'connect.nothing')}
        </p>
        {allowed.map((entry) => (
          <Grantable
            key={entry.scope}
            entry={entry}
            checked={chosen.includes(entry.scope)}
            onChange={(on) => {
              toggle(entry.scope, on);
            }}
          />
        ))}
      </fieldset>
      {refused.length > 0 && (
        <section className={classes.refused}>
          <h2 className={classes.refusedTitle}>
            <Glyph name="not_applicable" size={16} />
            {t('connect.notAvailable')}
          </h2>
          <ul className={classes.refusedList}>
            {refused.map((entry) => (
              <li key={entry.scope}>{entry.title}</li>
            ))}
          </ul>
          <p className={classes.soft}>
            {t('connect.notAvailableText', { role: t(`role.${role}`) })}
          </p>
        </section>
      )}
    </>
  );
}

const keeps = (entry: ConsentScope) => entry.scope === 'offline_access';
const rank = (entry: ConsentScope) => (keeps(entry) ? 2 : entry.write ? 0 : 1);

interface GrantableProps {
  entry: ConsentScope;
  checked: boolean;
  onChange: (on: boolean) => void;
}

function Grantable({ entry, checked, onChange }: GrantableProps) {
  const id = `scope-${entry.scope.replace(':', '-')}`;
  return (
    <div className={classes.scope} data-write={entry.write || undefined}>
      <Checkbox
        id={id}
        checked={checked}
        onChange={(event) => {
          onChange(event.currentTarget.checked);
        }}
        aria-describedby={`${id}-about`}
        classNames={{ root: classes.check, body: classes.checkBody, label: classes.checkLabel }}
        label={entry.title}
      />
      <Manner entry={entry} />
      <div className={classes.about}>
        <p id={`${id}-about`}>{entry.description}</p>
        {!keeps(entry) && <Tools tools={entry.tools} />}
      </div>
    </div>
  );
}

const icon = { size: 14, stroke: 2, 'aria-hidden': true } as const;

/** Reading and changing must never look alike. */
function Manner({ entry }: { entry: ConsentScope }) {
  const t = useT();
  if (keeps(entry)) {
    return (
      <Tag tone="unknown" sign={<IconLink {...icon} />}>
        {t('connect.keeps')}
      </Tag>
    );
  }
  return entry.write ? (
    <Tag tone="warn" sign={<IconPencil {...icon} />}>
      {t('connect.writes')}
    </Tag>
  ) : (
    <Tag tone="unknown" sign={<IconEye {...icon} />}>
      {t('connect.reads')}
    </Tag>
  );
}

function Tools({ tools }: { tools: ConsentScope['tools'] }) {
  const t = useT();
  if (tools.length === 0) return <p className={classes.soft}>{t('connect.noTools')}</p>;
  return (
    <details className={classes.tools}>
      <summary>{t('connect.tools', { count: tools.length })}</summary>
      <ul>
        {tools.map((tool) => (
          <li key={tool.name}>
            <b>{tool.title === '' ? tool.name : tool.title}</b> {tool.description}
          </li>
        ))}
      </ul>
    </details>
  );
}

import { IconEye, IconPencil, IconTrash } from '@tabler/icons-react';
import type { AssistantTool } from '@/api';
import { useT } from '@/i18n/react';
import { Glyph } from '@/ui/status/glyphs';
import { Tag } from '@/ui/status/Tag';
import classes from './assistants.module.css';
import { visible } from './definition';
import { scopeWords } from './words';

/** What it is called, what it does, and how far it may go; descriptions are the server's own words, as text. */
export function ToolRow({ tool }: { tool: AssistantTool }) {
  const t = useT();
  const name = visible(tool.name);
  const title = visible(tool.title);
  return (
    <li className={classes.item}>
      <div className={classes.grow}>
        <p>
          <span className={classes.strong}>{title === '' ? name : title}</span>
          {title !== '' && title !== name && <code className={classes.name}>{name}</code>}
        </p>
        <p className={classes.said}>{visible(tool.description)}</p>
        {tool.scope !== null && (
          <p className={classes.soft}>
            {t('assistants.tools.needs', { what: scopeWords(tool.scope) })}
          </p>
        )}
      </div>
      <div className={classes.tags}>
        {tool.status !== 'approved' && (
          <Tag
            tone={tool.status === 'rejected' ? 'stop' : 'review'}
            sign={
              <Glyph name={tool.status === 'rejected' ? 'blocked' : 'pending_review'} size={14} />
            }
          >
            {t(`assistants.tools.status.${tool.status}`)}
          </Tag>
        )}
        <Reach tool={tool} />
      </div>
    </li>
  );
}

const icon = { size: 14, stroke: 2, 'aria-hidden': true } as const;

function Reach({ tool }: { tool: AssistantTool }) {
  const t = useT();
  if (tool.read_only) {
    return (
      <Tag tone="unknown" sign={<IconEye {...icon} />}>
        {t('assistants.tools.reads')}
      </Tag>
    );
  }
  return tool.destructive ? (
    <Tag tone="stop" sign={<IconTrash {...icon} />}>
      {t('assistants.tools.destructive')}
    </Tag>
  ) : (
    <Tag tone="warn" sign={<IconPencil {...icon} />}>
      {t('assistants.tools.writes')}
    </Tag>
  );
}

import type { ConsentRequest } from '@/api';
import { formatTime } from '@/core/dates';
import { intlTag } from '@/i18n';
import { visible } from '@/features/assistants/definition';
import { useT } from '@/i18n/react';
import { Glyph } from '@/ui/status/glyphs';
import classes from './connect.module.css';

/** The word the API has for an answer that stays on the reader's own machine. */
const HERE = 'this computer';

/** Who asks, whether the name can be believed, and where the answer goes. */
export function Asker({ request }: { request: ConsentRequest }) {
  const t = useT();
  const { client } = request;
  const name = visible(client.name);
  const here = client.redirect_host === HERE;
  return (
    <div className={classes.asker}>
      <div className={client.verified ? classes.known : classes.unknown}>
        <Glyph name={client.verified ? 'valid' : 'expiring'} size={20} />
        <div>
          <p>
            <b>{client.verified ? name : t('connect.unverified')}</b>
          </p>
          <p>
            {client.verified
              ? t('connect.verified', { id: hostOf(client.id) })
              : t('connect.unverifiedText', { client: name })}
          </p>
        </div>
      </div>
      <dl className={classes.facts}>
        <dt>{t('connect.goesTo')}</dt>
        <dd>{here ? t('connect.thisComputer') : visible(client.redirect_host)}</dd>
        <dt>{t('connect.until')}</dt>
        <dd>{formatTime(request.expires_at, intlTag())}</dd>
      </dl>
    </div>
  );
}

const hostOf = (id: string): string => (URL.canParse(id) ? new URL(id).host : id);

import { Anchor } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { Fragment } from 'react';
import type { CitationOut } from '@/api';
import { useT } from '@/i18n/react';
import classes from './driver-file.module.css';

/** Places in the regulations; a carrier's own requirement has none. */
export function Citations({ citations }: { citations: readonly CitationOut[] }) {
  const t = useT();
  return (
    <span className={classes.citations}>
      {citations.map((citation) => (
        <Fragment key={citation.cfr}>
          <Anchor
            inherit
            href={citation.url}
            target="_blank"
            rel="noreferrer"
            className={classes.citation}
            aria-label={t('driverFile.why.newTab', { cite: citation.cfr })}
          >
            {citation.cfr}
            <IconExternalLink size={13} stroke={1.8} aria-hidden />
          </Anchor>{' '}
        </Fragment>
      ))}
    </span>
  );
}

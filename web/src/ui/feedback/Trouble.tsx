import { Button } from '@mantine/core';
import { useT } from '@/i18n/react';
import { explainProblem } from '@/core/http/explain';
import { Glyph } from '../status/glyphs';
import classes from './feedback.module.css';

interface TroubleProps {
  error: unknown;
  onRetry?: (() => void) | undefined;
}

/** An error in place: what happened, what to do, and that nothing was lost. */
export function Trouble({ error, onRetry }: TroubleProps) {
  const t = useT();
  const { what, todo, fields, reference } = explainProblem(error);
  return (
    <div className={classes.trouble} role="alert">
      <span className={classes.troubleIcon}>
        <Glyph name="overdue" size={20} />
      </span>
      <div>
        <p className={classes.troubleWhat}>{what}</p>
        <p>{todo}</p>
        {fields.length > 0 && (
          <ul className={classes.troubleFields}>
            {fields.map((field) => (
              <li key={field.field + field.message}>{field.message}</li>
            ))}
          </ul>
        )}
        {reference && (
          <p className={classes.troubleReference}>
            {t('problem.reference')} <code>{reference}</code>
          </p>
        )}
        {onRetry && (
          <Button variant="default" mt="sm" onClick={onRetry}>
            {t('action.retry')}
          </Button>
        )}
      </div>
    </div>
  );
}

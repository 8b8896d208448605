import classes from './shared.module.css';

/** Who looks at it, across everything that is shown; screen readers hear it once, at the top of the page. */
export function Watermark({ words }: { words: string }) {
  return (
    <div className={classes.watermark} aria-hidden="true" data-watermark={words}>
      {Array.from({ length: 12 }, (_, place) => (
        <span key={place}>{words}</span>
      ))}
    </div>
  );
}

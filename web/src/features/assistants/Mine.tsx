import { isDriver, useMe } from '@/core/auth/me';
import classes from './assistants.module.css';
import { Connections } from './Connections';
import { Github } from './Github';
import { Setup } from './Setup';

/** One's own part: what is connected, how to connect more, and the token for GitHub's tools. */
export default function Mine() {
  // A driver's role holds no GitHub tools: a token would be of no use.
  const github = !isDriver(useMe());
  return (
    <div className={classes.stack}>
      <Connections />
      <div className={github ? classes.columns : classes.stack}>
        <Setup />
        {github && <Github />}
      </div>
    </div>
  );
}

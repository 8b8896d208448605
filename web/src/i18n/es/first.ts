import { common } from './common';
import { outbox } from './outbox';
import { problems } from './problems';
import { reminders } from './reminders';
import { signIn } from './sign-in';

/** What the frame of the application and the way in say: loaded before anything renders. */
export const first = {
  ...common,
  ...outbox,
  ...problems,
  ...reminders,
  ...signIn,
};

import { acknowledgements } from './acknowledgements';
import { assistants } from './assistants';
import { audit } from './audit';
import { bulk } from './bulk';
import { common } from './common';
import { connect } from './connect';
import { driverFile } from './driver-file';
import { drivers } from './drivers';
import { driverHome } from './driver-home';
import { duty } from './duty';
import { evidence } from './evidence';
import { operations } from './operations';
import { outbox } from './outbox';
import { packets } from './packets';
import { problems } from './problems';
import { reminders } from './reminders';
import { retention } from './retention';
import { review } from './review';
import { roster } from './roster';
import { settings } from './settings';
import { shares } from './shares';
import { signIn } from './sign-in';
import { telematics } from './telematics';

/** Every message by its key; the keys of a feature start with the feature's name. */
export const en = {
  ...acknowledgements,
  ...assistants,
  ...audit,
  ...bulk,
  ...common,
  ...connect,
  ...driverFile,
  ...driverHome,
  ...drivers,
  ...duty,
  ...evidence,
  ...operations,
  ...outbox,
  ...packets,
  ...problems,
  ...reminders,
  ...retention,
  ...review,
  ...roster,
  ...settings,
  ...shares,
  ...signIn,
  ...telematics,
};

export type Messages = typeof en;

import { acknowledgements } from './acknowledgements';
import { assistants } from './assistants';
import { audit } from './audit';
import { bulk } from './bulk';
import { connect } from './connect';
import { driverFile } from './driver-file';
import { driverHome } from './driver-home';
import { drivers } from './drivers';
import { duty } from './duty';
import { evidence } from './evidence';
import { operations } from './operations';
import { packets } from './packets';
import { reminderRules } from './reminder-rules';
import { retention } from './retention';
import { review } from './review';
import { roster } from './roster';
import { settings } from './settings';
import { shares } from './shares';
import { telematics } from './telematics';

/** What the pages say: loaded with the first page (`routes/page.ts`). */
export const pages = {
  ...acknowledgements,
  ...assistants,
  ...audit,
  ...bulk,
  ...connect,
  ...driverFile,
  ...driverHome,
  ...drivers,
  ...duty,
  ...evidence,
  ...operations,
  ...packets,
  ...reminderRules,
  ...retention,
  ...review,
  ...roster,
  ...settings,
  ...shares,
  ...telematics,
};

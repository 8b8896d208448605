import { assistantsRoute } from './assistants';
import { auditRoute } from './audit';
import { bulkRoute } from './bulk';
import { connectRoute } from './connect';
import { driverRoute, driversRoute } from './drivers';
import { homeRoute } from './home';
import { importRoute, importsRoute } from './imports';
import { myFileRoute } from './my-file';
import { notFoundRoute } from './not-found';
import { operationsRoute, traceRoute } from './operations';
import { packetsRoute, verifyRoute, verifyStartRoute } from './packets';
import { retentionRoute } from './retention';
import { reviewRoute } from './review';
import { rootRoute } from './root';
import { settingsRoute } from './settings';
import { sharedFileRoute, sharedListRoute, sharedRoute, sharesRoute } from './shares';
import { shellRoute } from './shell';
import { forgotRoute, invitationRoute, resetRoute, signInRoute } from './sign-in';
import { telematicsRoute } from './telematics';

export const routeTree = rootRoute.addChildren([
  signInRoute,
  forgotRoute,
  resetRoute,
  invitationRoute,
  connectRoute,
  verifyRoute,
  verifyStartRoute,
  sharedRoute.addChildren([sharedListRoute, sharedFileRoute]),
  shellRoute.addChildren([
    homeRoute,
    driversRoute,
    driverRoute,
    reviewRoute,
    bulkRoute,
    retentionRoute,
    importsRoute,
    importRoute,
    packetsRoute,
    sharesRoute,
    auditRoute,
    assistantsRoute,
    myFileRoute,
    telematicsRoute,
    operationsRoute,
    traceRoute,
    settingsRoute,
    notFoundRoute,
  ]),
]);

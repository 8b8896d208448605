import { lazy } from 'react';
import { isDriver, useMe } from '@/core/auth/me';

const DutyBoard = lazy(() => import('@/features/duty/DutyBoard'));
const DriverHome = lazy(() => import('@/features/driver-home/DriverHome'));

/** What the first page answers depends on who asks. */
export function HomePage() {
  return isDriver(useMe()) ? <DriverHome /> : <DutyBoard />;
}

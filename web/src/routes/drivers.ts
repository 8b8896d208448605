import { createRoute } from '@tanstack/react-router';
import { asOfSearch } from '@/core/as-of';
import { driverFilters } from '@/features/drivers/filters';
import { page } from './page';
import { shellRoute } from './shell';

export const driversRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/drivers',
  validateSearch: driverFilters,
  component: page(() => import('@/features/drivers/DriversPage'), 'DriversPage'),
});

export const driverRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/drivers/$driverId',
  validateSearch: asOfSearch,
  component: page(() => import('@/features/driver-file/DriverFilePage'), 'DriverFilePage'),
});

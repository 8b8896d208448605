import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { asOfSearch } from '@/core/as-of';
import { driverFilters } from '@/features/drivers/filters';
import { shellRoute } from './shell';

export const driversRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/drivers',
  validateSearch: driverFilters,
  component: lazyRouteComponent(() => import('@/features/drivers/DriversPage'), 'DriversPage'),
});

export const driverRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/drivers/$driverId',
  validateSearch: asOfSearch,
  component: lazyRouteComponent(
    () => import('@/features/driver-file/DriverFilePage'),
    'DriverFilePage',
  ),
});

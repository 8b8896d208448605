import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { auditFilters } from '@/features/audit/filters';
import { shellRoute } from './shell';

export const auditRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/audit',
  validateSearch: auditFilters,
  component: lazyRouteComponent(() => import('@/features/audit/AuditPage'), 'AuditPage'),
});

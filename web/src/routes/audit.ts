import { createRoute } from '@tanstack/react-router';
import { auditFilters } from '@/features/audit/filters';
import { page } from './page';
import { shellRoute } from './shell';

export const auditRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/audit',
  validateSearch: auditFilters,
  component: page(() => import('@/features/audit/AuditPage'), 'AuditPage'),
});

import { isPlainDate, type PlainDate } from '@/core/dates';
import { someText } from '@/core/url';

export interface AuditFilters {
  actor?: string | undefined;
  person?: string | undefined;
  subject?: string | undefined;
  action?: string | undefined;
  from?: PlainDate | undefined;
  to?: PlainDate | undefined;
}

export function auditFilters(search: Record<string, unknown>): AuditFilters {
  return {
    actor: someText(search['actor'], 64),
    person: someText(search['person'], 120),
    subject: someText(search['subject'], 100),
    action: someText(search['action'], 100),
    from: isPlainDate(search['from']) ? search['from'] : undefined,
    to: isPlainDate(search['to']) ? search['to'] : undefined,
  };
}

import { lookUp, translate } from '@/i18n';

/** The first halves of action names, in the order people look for them. */
export const GROUPS = [
  'driver',
  'employment',
  'evidence',
  'document',
  'requirement',
  'waiver',
  'packet',
  'share',
  'roster_import',
  'user',
  'sign_in',
  'session',
  'password',
  'carrier',
  'terminal',
  'assistant',
] as const;

/** "recorded evidence" for `evidence.recorded`; a new action without words yet shows its name. */
export function actionWords(action: string): string {
  return lookUp(`audit.action.${action}`) ?? action.replaceAll('_', ' ').replace('.', ': ');
}

/** What was changed, as people call it. */
export function subjectWords(type: string): string {
  return lookUp(`audit.group.${type}`) ?? type.replaceAll('_', ' ');
}

const ASSISTANT = 'mcp:';
const SHARE = 'share:';

/** Through what it was done: the pages, the command line, a share with auditors, or an assistant by its name. */
export function viaWords(via: string): string {
  if (via.startsWith(SHARE)) return translate('audit.viaShare');
  return via.startsWith(ASSISTANT)
    ? translate('audit.viaAssistant', { client: via.slice(ASSISTANT.length) })
    : translate('audit.via', { via });
}

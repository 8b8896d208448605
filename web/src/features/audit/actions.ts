import { lookUp } from '@/i18n';

/** The first halves of action names, in the order people look for them. */
export const GROUPS = [
  'driver',
  'employment',
  'evidence',
  'document',
  'requirement',
  'waiver',
  'roster_import',
  'user',
  'sign_in',
  'session',
  'password',
  'carrier',
  'terminal',
] as const;

/** "recorded evidence" for `evidence.recorded`; a new action without words yet shows its name. */
export function actionWords(action: string): string {
  return lookUp(`audit.action.${action}`) ?? action.replaceAll('_', ' ').replace('.', ': ');
}

/** What was changed, as people call it. */
export function subjectWords(type: string): string {
  return lookUp(`audit.group.${type}`) ?? type.replaceAll('_', ' ');
}

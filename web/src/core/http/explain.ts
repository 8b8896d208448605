import { lookUp, translate } from '@/i18n';
import { problemOf, type FieldError } from './problem';

export interface Explanation {
  /** What happened. */
  what: string;
  /** What to do now. */
  todo: string;
  fields: FieldError[];
  /** What support asks for, where nobody foresaw what happened: the trace's number. */
  reference: string;
}

/** Words of the pages, which are there when a file can be sent. */
const refusal = (word: string): string | undefined => lookUp(`evidence.refusal.${word}`);

/**
 * An error in the reader's words: ours for the problems we know by name, the server's own sentence otherwise (it
 * answers in the reader's language), and always something to do.
 */
export function explainProblem(error: unknown): Explanation {
  const problem = problemOf(error);
  if (!problem) {
    return {
      what: translate('problem.status.500.what'),
      todo: translate('problem.status.500.do'),
      fields: [],
      reference: '',
    };
  }
  const values = { minutes: Math.max(1, Math.ceil((problem.retryAfter ?? 60) / 60)) };
  const status = problem.status >= 500 ? 500 : problem.status;
  const refused = refusal(problem.code ?? '');
  return {
    what:
      refused ??
      lookUp(`problem.${problem.slug}.what`, values) ??
      (problem.status < 500 ? problem.detail || problem.title || undefined : undefined) ??
      lookUp(`problem.status.${status}.what`) ??
      translate('problem.status.500.what'),
    todo:
      (refused && refusal('do')) ??
      lookUp(`problem.${problem.slug}.do`, values) ??
      lookUp(`problem.status.${status}.do`) ??
      translate('problem.status.500.do'),
    fields: problem.fields,
    reference: problem.status >= 500 ? problem.traceId : '',
  };
}

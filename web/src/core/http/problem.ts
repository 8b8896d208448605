/** Errors of the API: RFC 9457 problem details, kept whole so that pages can say what happened and what to do. */

export interface FieldError {
  /** The field as the API names it, e.g. `email` or `profile.cdl_state`. */
  field: string;
  message: string;
}

export interface Problem {
  /** The last part of `type`: a stable name, e.g. `wrong-credentials`; `offline` when no answer came. */
  slug: string;
  status: number;
  title: string;
  detail: string;
  fields: FieldError[];
  /** One stable word for why, where a type has several reasons: `encrypted`. Absent in what older versions stored. */
  code?: string;
  /** Seconds to wait, from `Retry-After`. */
  retryAfter: number | null;
  /** What support finds the call by, in traces and logs; empty when no answer came. */
  traceId: string;
}

/** No answer came. */
export const OFFLINE: Problem = {
  slug: 'offline',
  status: 0,
  title: '',
  detail: '',
  fields: [],
  retryAfter: null,
  traceId: '',
};

export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail || problem.title || problem.slug);
    this.name = 'ApiError';
    this.problem = problem;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function fieldErrors(value: unknown): FieldError[] {
  if (!Array.isArray(value)) return [];
  return value
    .filter(isRecord)
    .map((entry) => ({ field: text(entry['field']), message: text(entry['problem']) }));
}

export function toProblem(body: unknown, response: Response | undefined): Problem {
  if (!response) {
    return OFFLINE;
  }
  const record = isRecord(body) ? body : {};
  const wait = Number(response.headers.get('Retry-After') ?? Number.NaN);
  return {
    slug: text(record['type']).split('/').pop() ?? '',
    status: response.status,
    title: text(record['title']),
    detail: text(record['detail']),
    fields: fieldErrors(record['errors']),
    code: text(record['code']),
    retryAfter: Number.isFinite(wait) ? wait : null,
    traceId: text(record['trace_id']),
  };
}

export function problemOf(error: unknown): Problem | null {
  return error instanceof ApiError ? error.problem : null;
}

/** Only what may succeed the next time is worth another try: no answer, or the server's own fault. */
export function isTransient(error: unknown): boolean {
  const problem = problemOf(error);
  return problem !== null && (problem.status === 0 || problem.status >= 502);
}

/** A problem as the API sends it (RFC 9457), or what stands for one when there was no answer at all. */
export interface ApiProblem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  requestId?: string;
  errors?: { field: string; message: string }[];
}

/** A problem to throw, where it is not the generated client that throws. */
export class ProblemError extends Error {
  readonly problem: ApiProblem;

  constructor(problem: ApiProblem) {
    super(problem.title);
    this.problem = problem;
  }
}

const isProblem = (value: unknown): value is ApiProblem =>
  typeof value === 'object' && value !== null && 'title' in value && 'status' in value && 'type' in value;

/** Whatever was thrown, as something that can be shown. */
export const problemOf = (error: unknown): ApiProblem => {
  if (isProblem(error)) return error;
  if (error instanceof ProblemError) return error.problem;
  return {
    type: 'no-answer',
    title: 'The server did not answer',
    status: 0,
    detail: 'Check your connection, then try again. Nothing that you typed is lost.',
  };
};

/** The last part of the type, e.g. `last-owner`. */
export const slugOf = ({ type }: ApiProblem): string => type.split('/').at(-1) ?? type;

/** Messages by field, for a form: `credential.ca` and the like. */
export const fieldErrorsOf = (error: unknown): Record<string, string> =>
  Object.fromEntries((problemOf(error).errors ?? []).map(({ field, message }) => [field, message]));

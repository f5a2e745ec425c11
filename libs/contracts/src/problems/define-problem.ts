import { z } from 'zod';

/** One field that was refused: where it is and what is wrong with it. */
export const FieldError = z
  .strictObject({
    field: z.string().meta({
      description: 'Dotted path in the body, or the name of the query parameter, path parameter or header.',
      example: 'labels.team',
    }),
    in: z.enum(['body', 'query', 'path', 'header']),
    message: z.string(),
  })
  .meta({ id: 'FieldError' });
export type FieldError = z.infer<typeof FieldError>;

/** RFC 9457 problem details, with what every problem of this API carries. */
export const ProblemDocument = z
  .looseObject({
    type: z.string().meta({
      description: 'Stable; resolves to a page that explains the problem.',
      example: '/problems/validation-failed',
    }),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().optional(),
    instance: z.string().optional().meta({ description: 'Path of the request.' }),
    requestId: z.string().optional(),
    errors: z.array(FieldError).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details.' });
export type ProblemDocument = z.infer<typeof ProblemDocument>;

export interface ProblemOptions {
  /** What happened this time, for a person, with a way out. */
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  /** Response headers, e.g. `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** What every service throws for an outcome that a client must see; one filter renders it. */
export abstract class Problem extends Error {
  abstract readonly slug: string;
  abstract readonly status: number;
  abstract readonly title: string;
  readonly detail: string | undefined;
  readonly errors: readonly FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  readonly extra: Readonly<Record<string, unknown>>;

  constructor(extra: Readonly<Record<string, unknown>>, options: ProblemOptions) {
    super(options.detail, { cause: options.cause });
    this.extra = extra;
    this.detail = options.detail;
    this.errors = options.errors;
    this.headers = options.headers ?? {};
  }

  /** The document without `instance` and `requestId`, which the filter adds. */
  toDocument(): ProblemDocument {
    return {
      type: `/problems/${this.slug}`,
      title: this.title,
      status: this.status,
      ...(this.detail === undefined ? {} : { detail: this.detail }),
      ...(this.errors === undefined ? {} : { errors: [...this.errors] }),
      ...this.extra,
    };
  }
}

/** A class of problem: what the table, the OpenAPI document and the docs page know of it. */
export interface ProblemClass<Extra extends z.ZodObject = z.ZodObject> {
  readonly slug: string;
  readonly status: number;
  readonly title: string;
  readonly extra: Extra;
  new (extra: z.infer<Extra>, options?: ProblemOptions): Problem;
}

/** Defines a problem with a stable slug; `extra` is the schema of the members it adds to the document. */
export const defineProblem = <Extra extends z.ZodObject>(
  slug: string,
  status: number,
  title: string,
  extra: Extra,
): ProblemClass<Extra> =>
  class extends Problem {
    static readonly slug = slug;
    static readonly status = status;
    static readonly title = title;
    static readonly extra = extra;
    override readonly slug = slug;
    override readonly status = status;
    override readonly title = title;
    override readonly name = slug;

    constructor(members: z.infer<Extra>, options: ProblemOptions = {}) {
      super(members, options);
    }
  };

import { AuditWriter } from '@plimsoll/audit';
import {
  type Check,
  type ParameterProblem,
  catalogue,
  defaultParametersOf,
  parameterProblemsOf,
} from '@plimsoll/checks';
import {
  type Actor,
  type CheckParameters,
  NotFound,
  ValidationFailed,
  VersionConflict,
  versionETag,
} from '@plimsoll/contracts';
import type { CheckParameters as Row, Database, Transaction } from '@plimsoll/persistence';
import { z } from 'zod';
import { judgeTenantAgain } from '../judging/judging-basis.ts';

const Values = z.record(z.string(), z.json());
type Values = z.infer<typeof Values>;
/** Of the values of one check, as JSON. */
const limitCharacters = 16_384;

export interface CheckParametersServiceOptions {
  readonly database: Database;
  /** Default: the whole catalogue. */
  readonly checks?: readonly Check[];
  readonly now?: () => Date;
}

/** What a tenant adjusts of the checks. A change has every host of the tenant judged again. */
export class CheckParametersService {
  readonly #database: Database;
  readonly #checks: ReadonlyMap<string, Check>;
  readonly #audit = new AuditWriter();
  readonly #now: () => Date;

  constructor({ database, checks = catalogue, now = () => new Date() }: CheckParametersServiceOptions) {
    this.#database = database;
    this.#checks = new Map(checks.map((check) => [check.id, check]));
    this.#now = now;
  }

  /** Of every check, by its id. */
  async list({ tenantId }: Pick<Actor, 'tenantId'>): Promise<ReadonlyMap<string, CheckParameters>> {
    const rows = await this.#database.forTenant(tenantId, (tx) => tx.checkParameters.findMany({ where: { tenantId } }));
    const byCheck = new Map(rows.map((row) => [row.checkId, row]));
    return new Map([...this.#checks].map(([id, check]) => [id, parametersOf(check, byCheck.get(id))]));
  }

  /** @throws NotFound for a check that there is not */
  async get({ tenantId }: Pick<Actor, 'tenantId'>, checkId: string): Promise<CheckParameters> {
    const check = this.#find(checkId);
    return this.#database.forTenant(tenantId, async (tx) => parametersOf(check, await findRow(tx, tenantId, checkId)));
  }

  /**
   * Replaces all that is adjusted of a check.
   * @param expected the version that was read; null for any
   * @throws NotFound
   * @throws ValidationFailed naming each value that the check does not take
   * @throws VersionConflict
   */
  set(
    actor: Actor,
    checkId: string,
    expected: number | null,
    given: Readonly<Record<string, unknown>>,
  ): Promise<CheckParameters> {
    const check = this.#find(checkId);
    assertTaken(check, given);
    return this.#write(actor, check, expected, Values.parse(given), 'check-parameters.changed');
  }

  /** Goes back to the check's defaults. @throws NotFound */
  async reset(actor: Actor, checkId: string): Promise<void> {
    await this.#write(actor, this.#find(checkId), null, {}, 'check-parameters.reset');
  }

  #find(checkId: string): Check {
    const check = this.#checks.get(checkId);
    if (check === undefined) throw new NotFound({}, { detail: 'There is no such check.' });
    return check;
  }

  #write(
    actor: Actor,
    check: Check,
    expected: number | null,
    values: Values,
    action: string,
  ): Promise<CheckParameters> {
    const { tenantId } = actor;
    return this.#database.forTenant(tenantId, async (tx) => {
      // One change of a tenant's parameters at a time: versions are counted, and revisions too.
      await tx.$queryRaw`SELECT 1 FROM tenants WHERE id = ${tenantId}::uuid FOR NO KEY UPDATE`;
      const row = await findRow(tx, tenantId, check.id);
      const version = row?.version ?? 0;
      if (expected !== null && expected !== version) throw new VersionConflict({ currentETag: versionETag(version) });
      const before = Values.parse(row?.values ?? {});
      if (JSON.stringify(sorted(before)) === JSON.stringify(sorted(values))) return parametersOf(check, row);
      const written = {
        values,
        version: version + 1,
        updatedById: actor.id,
        updatedByName: actor.name,
        updatedAt: this.#now(),
      };
      const stored = await tx.checkParameters.upsert({
        where: { tenantId_checkId: { tenantId, checkId: check.id } },
        create: { tenantId, checkId: check.id, ...written },
        update: written,
      });
      await judgeTenantAgain(tx, tenantId);
      await this.#audit.record(tx, actor, {
        action,
        subject: { kind: 'check', id: check.id, name: check.title },
        details: { before, after: values },
      });
      return parametersOf(check, stored);
    });
  }
}

const findRow = (tx: Transaction, tenantId: string, checkId: string): Promise<Row | null> =>
  tx.checkParameters.findFirst({ where: { tenantId, checkId } });

const sorted = (values: Values): [string, unknown][] => Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1));

/** @throws ValidationFailed */
const assertTaken = (check: Check, given: Readonly<Record<string, unknown>>): void => {
  const problems = [...parameterProblemsOf(check, given), ...uncleanTextsOf(check, given)];
  if (problems.length === 0 && JSON.stringify(given).length <= limitCharacters) return;
  const errors = problems.map(({ path, message }) => ({
    field: ['values', ...path].join('.'),
    in: 'body' as const,
    message,
  }));
  const tooLong = { field: 'values', in: 'body' as const, message: `At most ${limitCharacters} characters of JSON` };
  throw new ValidationFailed({}, { errors: errors.length === 0 ? [tooLong] : errors });
};

/** The database has no NUL, and what is shown to people deceives nobody. */
const uncleanTextsOf = (check: Check, value: unknown, path: readonly string[] = []): ParameterProblem[] => {
  if (typeof value === 'string' && (!value.isWellFormed() || /[\p{Cc}\u2028\u2029]/u.test(value)))
    return [{ check: check.id, path, message: 'Control characters and unpaired surrogates are not allowed' }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => uncleanTextsOf(check, member, [...path, name]));
};

const Schema = z.record(z.string(), z.unknown());
const schemas = new WeakMap<Check, Record<string, unknown>>();
/** Made once for a check: the catalogue does not change while a process runs. */
const schemaOf = (check: Check): Record<string, unknown> => {
  const known = schemas.get(check);
  if (known !== undefined) return known;
  const options = { io: 'input', target: 'draft-2020-12', unrepresentable: 'any' } as const;
  const made = Schema.parse(z.toJSONSchema(check.parameters, options));
  schemas.set(check, made);
  return made;
};

const parametersOf = (check: Check, row: Row | null | undefined): CheckParameters => {
  const values = Values.parse(row?.values ?? {});
  const rejected = parameterProblemsOf(check, values).flatMap(({ path: [name] }) => name ?? []);
  return {
    check: check.id,
    schema: schemaOf(check),
    defaults: defaultParametersOf(check),
    values,
    rejected: [...new Set(rejected)],
    version: row?.version ?? 0,
    updatedAt: row?.updatedAt.toISOString() ?? null,
    updatedBy: row?.updatedByName ?? null,
  };
};

import { type Answer, type Check, type ParametersInUse, takeParameters } from '@plimsoll/checks';
import type { Database, Transaction } from '@plimsoll/persistence';
import { z } from 'zod';
import { readAnswersToJudgeBy } from '../questions/answer-row.ts';
import { type HostRef, readJudgingBasis } from './judging-basis.ts';

/** What a host is judged by, beside its snapshot and the catalogue. */
export interface JudgingInputs extends ParametersInUse {
  readonly answers: readonly Answer[];
  /** See `readJudgingBasis`. */
  readonly basis: string;
}

const Values = z.record(z.string(), z.unknown());

/** What the tenant has set, by check; checks at their defaults are not in it. */
export const readTenantParameters = async (
  tx: Transaction,
  tenantId: string,
): Promise<Record<string, Record<string, unknown>>> => {
  const rows = await tx.checkParameters.findMany({
    where: { tenantId },
    select: { checkId: true, values: true },
    orderBy: { checkId: 'asc' },
  });
  return Object.fromEntries(rows.map(({ checkId, values }) => [checkId, Values.parse(values)]));
};

/** @returns undefined where the host was deleted */
export const readJudgingInputs = (
  database: Database,
  host: HostRef,
  checks: readonly Check[],
  catalogueVersion: string,
): Promise<JudgingInputs | undefined> =>
  database.forTenant(host.tenantId, async (tx) => {
    // First: what changes after it makes the basis old, and the host is judged once more.
    const basis = await readJudgingBasis(tx, host, catalogueVersion);
    if (basis === undefined) return undefined;
    const given = await readTenantParameters(tx, host.tenantId);
    const answers = await readAnswersToJudgeBy(tx, host);
    return { ...takeParameters(checks, given), answers, basis };
  });

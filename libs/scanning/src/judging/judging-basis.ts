import type { Transaction } from '@plimsoll/persistence';

export interface HostRef {
  readonly tenantId: string;
  readonly hostId: string;
}

/**
 * What a host is judged by at this moment, as one text: the catalogue, and how often the tenant's parameters and the
 * host's answers have changed. It is kept on the host when it was judged; where it would be another now, the host is
 * judged again: see `platform.find_hosts_to_judge_again`, which builds the same text.
 */
export const readJudgingBasis = async (
  tx: Transaction,
  { tenantId, hostId }: HostRef,
  catalogueVersion: string,
): Promise<string | undefined> => {
  const [row] = await tx.$queryRaw<{ basis: string }[]>`
    SELECT ${catalogueVersion}::text || '/' || t.judging_revision || '/' || h.judging_revision AS basis
    FROM hosts h JOIN tenants t ON t.id = h.tenant_id
    WHERE h.tenant_id = ${tenantId}::uuid AND h.id = ${hostId}::uuid`;
  return row?.basis;
};

/** Notes by what a host was judged, in the transaction that writes what came of it. */
export const markJudged = async (tx: Transaction, { tenantId, hostId }: HostRef, basis: string): Promise<void> => {
  await tx.$executeRaw`
    UPDATE hosts SET judged_basis = ${basis}
    WHERE tenant_id = ${tenantId}::uuid AND id = ${hostId}::uuid AND judged_basis IS DISTINCT FROM ${basis}`;
};

/** A judgement that failed, or that somebody did not want, is not tried again by itself until something changes. */
export const markJudgingGivenUp = async (tx: Transaction, host: HostRef, catalogueVersion: string): Promise<void> => {
  const basis = await readJudgingBasis(tx, host, catalogueVersion);
  if (basis !== undefined) await markJudged(tx, host, basis);
};

/** All hosts of the tenant are judged again soon: call it in the transaction that changes what they are judged by. */
export const judgeTenantAgain = async (tx: Transaction, tenantId: string): Promise<void> => {
  await tx.$executeRaw`UPDATE tenants SET judging_revision = judging_revision + 1 WHERE id = ${tenantId}::uuid`;
};

/** The host is judged again soon: call it in the transaction that changes what this host alone is judged by. */
export const judgeHostAgain = async (tx: Transaction, { tenantId, hostId }: HostRef): Promise<void> => {
  await tx.$executeRaw`
    UPDATE hosts SET judging_revision = judging_revision + 1
    WHERE tenant_id = ${tenantId}::uuid AND id = ${hostId}::uuid`;
};

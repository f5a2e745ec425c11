import type { AuditVerification } from '@plimsoll/contracts';
import type { AuditEvent as AuditRow, Transaction } from '@plimsoll/persistence';
import { eventOf } from './audit-row.ts';
import { genesisHash, hashOf } from './chain.ts';

const batchSize = 1_000;

/**
 * Computes the tenant's whole chain again: that no event was changed, removed, inserted or cut off at the end.
 * Whoever can write to the database could still compute a new chain from the start; `headHash`, noted down elsewhere
 * now and then, shows that too.
 */
export const verifyChain = async (tx: Transaction, tenantId: string): Promise<AuditVerification> => {
  const chain = await tx.auditChain.findUnique({ where: { tenantId } });
  const link: Link = { sequence: 0, hash: genesisHash };
  for (;;) {
    const rows = await tx.auditEvent.findMany({
      where: { tenantId, sequence: { gt: link.sequence } },
      orderBy: { sequence: 'asc' },
      take: batchSize,
    });
    for (const row of rows) {
      const problem = problemOf(row, link);
      if (problem !== null) return broken(link, problem);
      link.sequence = row.sequence;
      link.hash = row.hash;
    }
    if (rows.length < batchSize) break;
  }
  if (link.sequence !== (chain?.lastSequence ?? 0)) return broken(link, 'event-missing');
  if (!isSame(link.hash, chain?.lastHash ?? genesisHash)) return broken(link, 'hash-mismatch');
  return { intact: true, events: link.sequence, headHash: hex(link.hash), firstBroken: null };
};

/** The last event that was found in order. */
interface Link {
  sequence: number;
  hash: Uint8Array;
}

type Problem = NonNullable<AuditVerification['firstBroken']>['reason'];

const problemOf = (row: AuditRow, before: Link): Problem | null => {
  if (row.sequence !== before.sequence + 1) return 'event-missing';
  if (!isSame(row.previousHash, before.hash)) return 'hash-mismatch';
  const expected = hashOf(before.hash, { ...eventOf(row), tenantId: row.tenantId });
  return isSame(row.hash, expected) ? null : 'hash-mismatch';
};

const broken = (link: Link, reason: Problem): AuditVerification => ({
  intact: false,
  events: link.sequence,
  headHash: hex(link.hash),
  firstBroken: { sequence: link.sequence + 1, reason },
});

const isSame = (left: Uint8Array, right: Uint8Array): boolean => Buffer.compare(left, right) === 0;
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

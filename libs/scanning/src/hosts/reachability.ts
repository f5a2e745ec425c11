import type { Transaction } from '@plimsoll/persistence';
import { announce, pathOf } from '../events/announce.ts';

/** What an attempt to reach a host told. */
export type ReachabilityReport =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: string; readonly detail: string; readonly nextStep: string };

/**
 * Keeps what is known of the way to a host. The event goes out when the state changes and not at every attempt.
 * Does nothing for a host that was deleted meanwhile.
 */
export const saveReachability = async (
  tx: Transaction,
  tenantId: string,
  hostId: string,
  report: ReachabilityReport,
  at: Date,
): Promise<void> => {
  const [before] = await tx.$queryRaw<{ name: string; simulated: boolean; state: string }[]>`
    SELECT name, simulated, reachability::text AS state FROM hosts
    WHERE tenant_id = ${tenantId}::uuid AND id = ${hostId}::uuid FOR UPDATE`;
  if (before === undefined) return;
  await tx.host.update({
    where: { id: hostId },
    data: {
      reachability: report.ok ? 'reachable' : 'unreachable',
      reachabilityReason: report.ok ? null : report.reason,
      reachabilityDetail: report.ok ? null : report.detail,
      reachabilityNextStep: report.ok ? null : report.nextStep,
      reachabilityCheckedAt: at,
    },
    select: { id: true },
  });
  if (report.ok || before.state === 'unreachable') return;
  await announce(tx, tenantId, 'host.unreachable', {
    host: { id: hostId, name: before.name, simulated: before.simulated },
    reason: report.reason,
    detail: report.detail,
    nextStep: report.nextStep,
    url: pathOf.host(hostId),
  });
};

import { AuditWriter } from '@plimsoll/audit';
import type { Database, Transaction } from '@plimsoll/persistence';
import { type HostFiles, type Part, isMissing } from '@plimsoll/snapshot';
import { systemActor } from '../events/system-actor.ts';
import type { HeldScan } from './scan-lease.ts';

/** What a scan may do about files of its host; the collector's own option. */
export interface HostFileReading {
  readonly read: boolean;
  readonly owner: string;
}

/**
 * Undefined for a host that is only to be looked at: its files are not to be read, and no scan before has left anything
 * on it that would have to be removed.
 */
export const hostFileReadingOf = async (
  tx: Transaction,
  { tenantId, hostId, scanId }: HeldScan,
  { inspectHostFiles }: { readonly inspectHostFiles: boolean },
): Promise<HostFileReading | undefined> => {
  if (!inspectHostFiles) {
    const contact = await tx.scan.findFirst({
      where: {
        tenantId,
        hostId,
        id: { not: scanId },
        // Only a scan that came to its end without has surely removed what was left before it.
        OR: [
          { hostFiles: { in: ['asked', 'read', 'not-read'] } },
          { hostFiles: 'off', state: { in: ['succeeded', 'partial'] } },
        ],
      },
      orderBy: [{ queuedAt: 'desc' }, { id: 'desc' }],
      select: { hostFiles: true },
    });
    if (contact === null || contact.hostFiles === 'off') return undefined;
  }
  const installation = await tx.installation.findFirstOrThrow({ select: { id: true } });
  // Two installations on one daemon must not take away each other's readers.
  return { read: inspectHostFiles, owner: `${installation.id}:${hostId}` };
};

/** Notes before the first request what is about to be asked of the host: a scan that dies on the way has asked all the same. */
export const noteHostFilesAsked = async (
  database: Database,
  { tenantId, scanId, leaseOwner }: HeldScan,
  reading: HostFileReading | undefined,
): Promise<void> => {
  const state = reading?.read === true ? 'asked' : 'off';
  await database.forTenant(
    tenantId,
    (tx) => tx.$executeRaw`
      UPDATE scans SET host_files = ${state}
      WHERE tenant_id = ${tenantId}::uuid AND id = ${scanId}::uuid AND lease_owner = ${leaseOwner} AND state = 'running'`,
  );
};

/** A scan that has asked for files of its host, and who wanted it. */
export interface AskingScan {
  readonly tenantId: string;
  readonly scanId: string;
  readonly hostId: string;
  readonly hostName: string;
  readonly requestedById: string | null;
  readonly requestedByName: string;
}

const audit = new AuditWriter();

/**
 * Writes to the scan and to the audit log what came of asking for files of the host; once for each scan that asked.
 * @param files undefined where the scan ended before that could be told
 */
export const concludeHostFiles = async (
  tx: Transaction,
  { tenantId, scanId, hostId, hostName, requestedById, requestedByName }: AskingScan,
  files: Part<HostFiles> | undefined,
): Promise<void> => {
  const missing = files !== undefined && isMissing(files) ? files : undefined;
  if (files !== undefined) {
    await tx.scan.update({
      where: { id: scanId },
      data: { hostFiles: missing === undefined ? 'read' : 'not-read' },
      select: { id: true },
    });
  }
  await audit.record(tx, systemActor(tenantId), {
    action: 'host.files-inspected',
    subject: { kind: 'host', id: hostId, name: hostName },
    outcome: files === undefined || missing !== undefined ? 'failure' : 'success',
    details: {
      scanId,
      requestedBy: { id: requestedById, name: requestedByName },
      result: files === undefined ? 'unfinished' : (missing?.missing ?? 'read'),
      detail: missing?.detail ?? null,
    },
  });
};

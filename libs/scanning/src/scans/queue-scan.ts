import { NotFound, type ScanKind } from '@plimsoll/contracts';
import { type Transaction, newId, outbox } from '@plimsoll/persistence';
import { scanRequested } from '../events/announce.ts';
import { recordProgress } from './scan-progress.ts';
import { type ScanRow, scanInclude } from './scan-row.ts';

/** PostgreSQL tells the workers on it which scan is wanted no more. */
export const SCAN_CANCELLATIONS_CHANNEL = 'plimsoll_scan_cancellations';

/** What is to be queued, and for whom; nobody where Plimsoll itself wants it. */
export interface QueuedScan {
  readonly tenantId: string;
  readonly hostId: string;
  readonly kind: ScanKind;
  readonly requestedBy?: { readonly id: string | null; readonly name: string };
  readonly at: Date;
}

/**
 * Locks the host, so that two requests at once make one scan and not an error.
 * @throws NotFound
 */
export const lockHost = async (tx: Transaction, tenantId: string, hostId: string): Promise<{ name: string }> => {
  const [host] = await tx.$queryRaw<{ name: string }[]>`
    SELECT name FROM hosts WHERE tenant_id = ${tenantId}::uuid AND id = ${hostId}::uuid FOR NO KEY UPDATE`;
  if (host === undefined) throw new NotFound({}, { detail: 'There is no such host.' });
  return host;
};

/** The scan or judgement of a host that is queued or running: one at most. */
export const findActiveScan = (tx: Transaction, tenantId: string, hostId: string): Promise<ScanRow | null> =>
  tx.scan.findFirst({ where: { tenantId, hostId, state: { in: ['queued', 'running'] } }, include: scanInclude });

/** Writes a scan that waits, and the message that asks for it; the host must be locked and have no active one. */
export const queueScan = async (
  tx: Transaction,
  { tenantId, hostId, kind, requestedBy, at }: QueuedScan,
): Promise<string> => {
  const id = newId();
  await tx.scan.create({
    data: {
      id,
      tenantId,
      hostId,
      kind,
      requestedById: requestedBy?.id ?? null,
      requestedByName: requestedBy?.name ?? 'Plimsoll',
      queuedAt: at,
    },
    select: { id: true },
  });
  await recordProgress(tx, { tenantId, scanId: id }, { state: 'queued', percent: 0, step: 'queued', detail: null });
  await outbox.append(tx, { tenantId, type: scanRequested, payload: { scanId: id } });
  return id;
};

/**
 * Ends a judgement of the stored snapshot because a scan of the host is wanted: that will judge something newer. Whoever
 * works on it finds its lease gone and writes nothing.
 */
export const supersede = async (tx: Transaction, row: ScanRow, at: Date): Promise<void> => {
  const { tenantId, id: scanId, progressPercent } = row;
  const detail = 'A scan of the host takes its place.';
  await tx.scan.update({
    where: { id: scanId },
    data: {
      state: 'cancelled',
      stage: 'cancelled',
      reason: 'superseded',
      reasonDetail: detail,
      finishedAt: at,
      leaseOwner: null,
      leaseExpiresAt: null,
    },
    select: { id: true },
  });
  await tx.$queryRaw`SELECT 1 FROM pg_notify(${SCAN_CANCELLATIONS_CHANNEL}, ${scanId})`;
  await recordProgress(
    tx,
    { tenantId, scanId },
    { state: 'cancelled', percent: progressPercent, step: 'cancelled', detail },
  );
};

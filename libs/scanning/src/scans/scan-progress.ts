import { type ScanState, ScanProgressEvent } from '@plimsoll/contracts';
import { type Transaction, appendScanEvent } from '@plimsoll/persistence';

/** What an event of a scan tells, beside its number and its time. */
export const ScanProgress = ScanProgressEvent.pick({ state: true, percent: true, step: true, detail: true });
export interface ScanProgress {
  readonly state: ScanState;
  readonly percent: number;
  readonly step: string;
  readonly detail: string | null;
}

/** Appends to what `GET /v1/scans/{id}/events` sends; its listeners are woken when the transaction commits. */
export const recordProgress = async (
  tx: Transaction,
  { tenantId, scanId }: { readonly tenantId: string; readonly scanId: string },
  progress: ScanProgress,
): Promise<void> => {
  await appendScanEvent(tx, { tenantId, scanId, type: 'progress', data: { ...progress } });
};

import { type Check, catalogue, catalogueVersion } from '@plimsoll/checks';
import type { ScanKind } from '@plimsoll/contracts';
import { EngineClient, type EngineTarget, type ResolveName } from '@plimsoll/docker-engine';
import type { Database, Notifications, Transaction } from '@plimsoll/persistence';
import { newId } from '@plimsoll/persistence';
import type { HostSnapshot } from '@plimsoll/snapshot';
import { collectSnapshot } from '@plimsoll/snapshot/collector';
import type { Logger } from '@plimsoll/telemetry';
import type { Vault } from '@plimsoll/vault';
import { HostCredentials } from '../hosts/host-credentials.ts';
import { type HostPolicy, engineTargetOf } from '../hosts/host-policy.ts';
import { readEarlierSample } from '../judging/earlier-sample.ts';
import { judgeHost } from '../judging/judge-host.ts';
import { readStoredSnapshot } from '../judging/stored-snapshot.ts';
import { type JudgingInputs, readJudgingInputs } from '../judging/judging-inputs.ts';
import { concludeJudgedAgain } from './conclude-judged-again.ts';
import { concludeJudged } from './conclude-judged.ts';
import { type ScanEnd, concludeCancelled, concludeFailed } from './conclude-scan.ts';
import { type HostFileReading, hostFileReadingOf, noteHostFilesAsked } from './host-file-reading.ts';
import { nothingRead } from './missing-parts.ts';
import {
  type ScanFailure,
  failureOf,
  lostAfterConnecting,
  nothingStored,
  tookTooLong,
  triedTooOften,
} from './scan-failure.ts';
import type { JudgedScan } from './judgement.ts';
import {
  type HeldScan,
  LeaseLost,
  type LeaseTiming,
  type ScanRef,
  claimScan,
  defaultLeaseTiming,
  releaseScan,
} from './scan-lease.ts';
import { ProgressReporter } from './progress-reporter.ts';
import { ScanWatch } from './scan-watch.ts';

export interface ScanHostPipelineOptions {
  readonly database: Database;
  readonly vault: Vault;
  readonly policy: HostPolicy;
  readonly log: Logger;
  readonly notifications?: Notifications | undefined;
  readonly resolveName?: ResolveName | undefined;
  /** When a scan that goes on is given up. Default 300,000. */
  readonly timeoutMs?: number;
  readonly lease?: LeaseTiming;
  /** Default: the whole catalogue. */
  readonly checks?: readonly Check[];
  /** Names those checks. Default: the version of the catalogue. */
  readonly catalogueVersion?: string;
  /** Largest snapshot that is stored, in bytes of JSON. Default 256 MiB. */
  readonly snapshotLimitBytes?: number;
  readonly now?: () => Date;
  /** Told of every scan that this pipeline ended. */
  readonly onEnd?: (outcome: ScanOutcome) => void;
}

/** How a scan ended, for the books. */
export interface ScanOutcome {
  /** Whether the host was read, or a stored snapshot judged again. */
  readonly kind: ScanKind;
  readonly state: ScanEnd['state'];
  /** From the start of its first attempt. */
  readonly durationMs: number;
}

/** How often a host that may come back in a moment is tried, and a scan that is interrupted on our side. */
const reachAttempts = 3;
const scanAttempts = 5;
/** How soon another attempt must have begun, or the sweeper steps in. */
const retryWithinMs = 60_000;

/** The scan is to be tried again: thrown so that the queue waits a while first. */
export class ScanRetry extends Error {
  override readonly name = 'ScanRetry';
}

/** Scans a host: claims the scan, connects, collects, judges, reconciles, concludes. Safe to run twice at once. */
export class ScanHostPipeline {
  readonly #options: ScanHostPipelineOptions;
  readonly #credentials: HostCredentials;
  readonly #lease: LeaseTiming;
  readonly #timeoutMs: number;
  readonly #checks: readonly Check[];
  readonly #catalogueVersion: string;
  readonly #now: () => Date;

  constructor(options: ScanHostPipelineOptions) {
    this.#options = options;
    this.#credentials = new HostCredentials(options.vault);
    this.#lease = options.lease ?? defaultLeaseTiming;
    this.#timeoutMs = options.timeoutMs ?? 300_000;
    this.#checks = options.checks ?? catalogue;
    this.#catalogueVersion = options.catalogueVersion ?? catalogueVersion;
    this.#now = options.now ?? (() => new Date());
  }

  /**
   * @param signal aborts when the process shuts down: the scan is then left to another worker
   * @returns whether there was anything to do: false where it has ended, was deleted, or another worker holds it
   * @throws ScanRetry when it is to be tried again after a while
   */
  async run(ref: ScanRef, signal: AbortSignal): Promise<boolean> {
    const { database, log } = this.#options;
    const scan = await claimScan(database, ref, newId(), this.#lease);
    if (scan === undefined) return false;
    const watch = new ScanWatch(scan, { ...this.#options, ...this.#lease, timeoutMs: this.#timeoutMs, signal });
    try {
      const end = await this.#scan(scan, watch);
      if (end === undefined) return true;
      const durationMs = this.#now().getTime() - scan.startedAt.getTime();
      logEnd(log, scan, end, durationMs);
      this.#options.onEnd?.({ kind: scan.kind, state: end.state, durationMs });
    } catch (error) {
      if (!(error instanceof LeaseLost)) throw error;
      log.warn({ scanId: scan.scanId, hostId: scan.hostId, attempt: scan.attempt }, 'scan lost to another worker');
    } finally {
      watch.end();
    }
    return true;
  }

  async #scan(scan: HeldScan, watch: ScanWatch): Promise<ScanEnd | undefined> {
    const { database } = this.#options;
    if (scan.cancelRequested) return this.#cancelled(scan);
    if (scan.attempt > scanAttempts) return this.#failed(scan, triedTooOften(scan.attempt - 1));
    const progress = new ProgressReporter(database, scan);
    try {
      if (scan.kind === 'rejudge') return await this.#judgeAgain(scan, watch, progress);
      const earlier = readEarlierSample(database, scan, this.#options.log);
      const collected = await this.#collect(scan, watch.signal, progress);
      const gap = nothingRead(collected);
      if (gap !== undefined) return await this.#failedOrRetried(scan, lostAfterConnecting(gap));
      const snapshot = { ...collected, earlier: await earlier };
      const judged = await this.#judge(scan, snapshot, progress);
      if (watch.stopReason !== undefined) return await this.#stopped(scan, watch);
      return await concludeJudged(database, scan, judged, this.#now(), this.#options.snapshotLimitBytes);
    } catch (error) {
      if (watch.stopReason !== undefined) return await this.#stopped(scan, watch);
      const failure = failureOf(error);
      if (failure !== undefined) return await this.#failedOrRetried(scan, failure);
      if (error instanceof LeaseLost) throw error;
      this.#options.log.error({ err: error, scanId: scan.scanId, attempt: scan.attempt }, 'scan broke on our side');
      if (scan.attempt >= scanAttempts) return await this.#failed(scan, triedTooOften(scan.attempt));
      await this.#release(scan);
      throw error;
    }
  }

  /** No contact to the host: whether it can be reached, and what it is like now, stays as the last scan has left it. */
  async #judgeAgain(scan: HeldScan, watch: ScanWatch, progress: ProgressReporter): Promise<ScanEnd | undefined> {
    const { database } = this.#options;
    await progress.report(10, 'loading');
    const stored = await readStoredSnapshot(database, scan);
    if (stored === undefined) return this.#failed(scan, nothingStored);
    const judged = await this.#judge(scan, stored.snapshot, progress);
    if (watch.stopReason !== undefined) return this.#stopped(scan, watch);
    return concludeJudgedAgain(database, scan, { ...judged, snapshotId: stored.id }, this.#now());
  }

  async #judge(scan: HeldScan, snapshot: HostSnapshot, progress: ProgressReporter): Promise<JudgedScan> {
    await progress.report(85, 'judging');
    const [checks, version] = [this.#checks, this.#catalogueVersion];
    const inputs = await readJudgingInputs(this.#options.database, scan, checks, version);
    if (inputs === undefined) throw new LeaseLost('The host was deleted');
    this.#logRejected(scan, inputs);
    const results = judgeHost(snapshot, checks, inputs, this.#now());
    await progress.report(95, 'concluding');
    return { snapshot, checks, results, catalogueVersion: version, adjusted: inputs.adjusted, basis: inputs.basis };
  }

  #logRejected({ tenantId, scanId }: HeldScan, { rejected }: JudgingInputs): void {
    if (rejected.length === 0) return;
    this.#options.log.warn({ tenantId, scanId, rejected }, 'stored parameters are taken no more, defaults are used');
  }

  async #collect(scan: HeldScan, signal: AbortSignal, progress: ProgressReporter): Promise<HostSnapshot> {
    await progress.report(5, 'connecting');
    const { target, processLists, simulated, hostFiles } = await this.#options.database.forTenant(scan.tenantId, (tx) =>
      this.#readHost(tx, scan),
    );
    const now = this.#now();
    const client = await EngineClient.connect(target, {
      signal,
      now: () => this.#now().getTime(),
      ...(hostFiles === undefined ? {} : { tier: 2 }),
    });
    try {
      await noteHostFilesAsked(this.#options.database, scan, hostFiles);
      await progress.report(10, 'collecting');
      const snapshot = await collectSnapshot(client, {
        processLists,
        hostFiles,
        now,
        simulated,
        signal,
        onProgress: ({ requestsDone }) => progress.reportRequests(requestsDone),
      });
      await progress.settle();
      return snapshot;
    } finally {
      await client.close();
    }
  }

  async #readHost(
    tx: Transaction,
    scan: HeldScan,
  ): Promise<{
    target: EngineTarget;
    processLists: boolean;
    simulated: boolean;
    hostFiles: HostFileReading | undefined;
  }> {
    const { tenantId, hostId } = scan;
    const host = await tx.host.findFirst({ where: { tenantId, id: hostId } });
    if (host === null) throw new LeaseLost('The host was deleted');
    const tls = await this.#credentials.open(tx, tenantId, hostId);
    const { policy, resolveName } = this.#options;
    return {
      target: engineTargetOf(host.address, tls, policy, resolveName),
      processLists: host.listProcesses,
      simulated: host.simulated,
      hostFiles: await hostFileReadingOf(tx, scan, host),
    };
  }

  async #stopped(scan: HeldScan, watch: ScanWatch): Promise<ScanEnd | undefined> {
    switch (watch.stopReason) {
      case 'cancelled':
        return this.#cancelled(scan);
      case 'timed-out':
        return this.#failed(scan, tookTooLong(this.#timeoutMs));
      case 'shutting-down':
        await this.#release(scan);
        throw new ScanRetry('The worker shuts down');
      default:
        throw new LeaseLost('The lease ran out');
    }
  }

  async #cancelled(scan: HeldScan): Promise<ScanEnd> {
    await concludeCancelled(this.#options.database, scan, this.#now());
    return { state: 'cancelled', reason: null, detail: null, nextStep: null };
  }

  async #failed(scan: HeldScan, failure: ScanFailure): Promise<ScanEnd> {
    await concludeFailed(this.#options.database, scan, failure, this.#now());
    const { reason, detail, nextStep } = failure;
    return { state: 'failed', reason, detail, nextStep };
  }

  async #failedOrRetried(scan: HeldScan, failure: ScanFailure): Promise<ScanEnd> {
    if (!failure.isPassing || scan.attempt >= reachAttempts) return this.#failed(scan, failure);
    const { log } = this.#options;
    const { scanId, hostId, attempt } = scan;
    log.warn({ scanId, hostId, attempt, reason: failure.reason }, 'host unreachable, will try again');
    await this.#release(scan, `${failure.detail} Trying again.`);
    throw new ScanRetry(failure.detail);
  }

  #release(scan: HeldScan, detail?: string): Promise<void> {
    return this.#options.database.forTenant(scan.tenantId, async (tx) => {
      if (detail !== undefined)
        await new ProgressReporter(this.#options.database, scan).write(tx, 5, 'waiting', detail);
      await releaseScan(tx, scan, retryWithinMs);
    });
  }
}

const logEnd = (log: Logger, scan: HeldScan, { state, reason, judged }: ScanEnd, durationMs: number): void => {
  const { tenantId, scanId, hostId, attempt } = scan;
  const fields = { tenantId, scanId, hostId, attempt, state, durationMs };
  if (state === 'failed') log.warn({ ...fields, reason }, 'scan failed');
  else log.info({ ...fields, score: judged?.score, findings: judged?.counts }, 'scan ended');
};

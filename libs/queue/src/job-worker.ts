import { UnrecoverableError } from 'bullmq';
import type { Processor } from 'bullmq';
import type { JobDefinition } from './job-definition.ts';
import type { QueueStore, StoredWorker } from './queue-store.ts';

export interface JobContext {
  /** Aborts when the process shuts down and can't wait any longer, or when the job was lost to another worker. */
  readonly signal: AbortSignal;
  /** 1 for the first attempt of this job. */
  readonly attempt: number;
}
/** What a handler can do with its job beyond working it off. */
export interface JobInHand<Payload> extends JobContext {
  /** What the next attempt gets, should there be one. The job's id stays. */
  replacePayload(payload: Payload): Promise<void>;
}
/** Must be safe to run twice: a job is delivered at least once. Throwing makes it run again after the backoff. */
export type JobHandler<Payload> = (payload: Payload, job: JobInHand<Payload>) => Promise<void>;

export interface JobWorkerOptions {
  /** Jobs at the same time; default 4. */
  readonly concurrency?: number;
  /** How long running jobs may go on after `close` before their signal aborts; default 20,000. */
  readonly drainMs?: number;
  /**
   * After how long without a sign of life a job is taken to be lost, looked for at the same interval; default 15,000.
   */
  readonly stalledAfterMs?: number;
}

/** Takes up jobs of one kind. */
export class JobWorker {
  readonly #worker: StoredWorker;
  readonly #drainMs: number;
  #closing: Promise<void> | undefined;

  private constructor(worker: StoredWorker, drainMs: number) {
    this.#worker = worker;
    this.#drainMs = drainMs;
  }

  static start<Payload>(
    store: QueueStore,
    job: JobDefinition<Payload>,
    handler: JobHandler<Payload>,
    options: JobWorkerOptions & { onError: (error: Error) => void },
  ): JobWorker {
    const stalledAfterMs = options.stalledAfterMs ?? 15_000;
    const worker = store.openWorker(job.name, processorOf(job, handler), {
      concurrency: options.concurrency ?? 4,
      lockDuration: stalledAfterMs,
      stalledInterval: stalledAfterMs,
    });
    worker.on('error', options.onError);
    return new JobWorker(worker, options.drainMs ?? 20_000);
  }

  async waitUntilReady(): Promise<void> {
    await this.#worker.waitUntilReady();
  }

  /** Takes no more jobs, waits for the running ones, and aborts those that take longer than `drainMs`. */
  close(): Promise<void> {
    this.#closing ??= this.#drain();
    return this.#closing;
  }

  async #drain(): Promise<void> {
    const timer = setTimeout(() => this.#worker.cancelAllJobs('shutting down'), this.#drainMs);
    await this.#worker.close().finally(() => clearTimeout(timer));
  }
}

// Three plain parameters: BullMQ makes the signal only when it counts three.
const processorOf =
  <Payload>(definition: JobDefinition<Payload>, handler: JobHandler<Payload>): Processor =>
  async (job, _token, signal) => {
    const payload = definition.schema.safeParse(job.data);
    if (!payload.success) throw new UnrecoverableError(`Not a payload of ${definition.name}: ${payload.error.message}`);
    await handler(payload.data, {
      signal: signal ?? new AbortController().signal,
      attempt: job.attemptsMade + 1,
      replacePayload: (next) => job.updateData(definition.schema.parse(next)),
    });
  };

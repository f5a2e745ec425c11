import type { JobDefinition } from './job-definition.ts';
import { JobWorker } from './job-worker.ts';
import type { JobHandler, JobWorkerOptions } from './job-worker.ts';
import { openQueueStore } from './queue-store.ts';
import type { QueueStore, QueueStoreOptions, StoredQueue } from './queue-store.ts';

export interface QueuesOptions extends QueueStoreOptions {
  /** Told of what breaks and heals by itself, such as a lost connection. */
  readonly onError: (error: Error, queue: string) => void;
}

/** The queues of this installation: adds jobs, and starts workers that take them up. */
export class Queues {
  readonly #store: QueueStore;
  readonly #onError: QueuesOptions['onError'];
  readonly #queues = new Map<string, StoredQueue>();
  readonly #workers = new Set<JobWorker>();

  private constructor(store: QueueStore, onError: QueuesOptions['onError']) {
    this.#store = store;
    this.#onError = onError;
  }

  /**
   * Connects, and makes sure that the store can be used.
   * @throws QueueError `queue-not-migrated`, `queue-too-new`, `queue-unreachable`
   */
  static async open({ onError, ...options }: QueuesOptions): Promise<Queues> {
    const store = openQueueStore(options);
    try {
      await store.assertUsable();
    } catch (error) {
      await store.close();
      throw error;
    }
    return new Queues(store, onError);
  }

  get backend(): 'postgres' | 'redis' {
    return this.#store.backend;
  }

  /**
   * Adds a job. While one with the same id waits, is delayed or runs, this does nothing.
   * @throws z.ZodError for a payload that is not of the job's schema
   */
  async add<Payload>(job: JobDefinition<Payload>, payload: Payload, options: { delayMs?: number } = {}): Promise<void> {
    await this.#queue(job.name).add(job.name, job.schema.parse(payload), {
      jobId: job.idOf(payload),
      attempts: job.attempts,
      backoff: { type: job.backoff.type, delay: job.backoff.delayMs },
      ...(options.delayMs === undefined ? {} : { delay: options.delayMs }),
      // Ended jobs leave nothing behind: an id that stays would swallow the next job about the same row.
      removeOnComplete: true,
      removeOnFail: true,
    });
  }

  /** Jobs by state, e.g. `waiting`, `active`, `delayed`. */
  counts(job: Pick<JobDefinition<unknown>, 'name'>): Promise<Record<string, number>> {
    return this.#queue(job.name).getJobCounts();
  }

  /** Starts to take up jobs of this kind; resolves once it listens. */
  async work<Payload>(
    job: JobDefinition<Payload>,
    handler: JobHandler<Payload>,
    options: JobWorkerOptions = {},
  ): Promise<JobWorker> {
    const worker = JobWorker.start(this.#store, job, handler, {
      ...options,
      onError: (error) => this.#onError(error, job.name),
    });
    this.#workers.add(worker);
    await worker.waitUntilReady();
    return worker;
  }

  /** Asks the store for a sign of life. */
  async ping(): Promise<void> {
    await this.#store.assertUsable();
  }

  /** Drains the workers, then closes everything. */
  async close(): Promise<void> {
    await Promise.all([...this.#workers].map((worker) => worker.close()));
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
    await this.#store.close();
  }

  #queue(name: string): StoredQueue {
    const existing = this.#queues.get(name);
    if (existing !== undefined) return existing;
    const queue = this.#store.openQueue(name);
    queue.on('error', (error) => this.#onError(error, name));
    this.#queues.set(name, queue);
    return queue;
  }
}

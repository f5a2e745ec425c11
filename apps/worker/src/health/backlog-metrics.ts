import type { Database } from '@plimsoll/persistence';
import { type Queues, deliverWebhookJob, scanHostJob } from '@plimsoll/queue';
import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

/** How much waits, over all tenants: numbers only. */
export class BacklogMetrics {
  readonly #database: Database;
  readonly #queues: Pick<Queues, 'counts'>;
  readonly #jobs: Gauge<'queue' | 'state'>;
  readonly #waiting: Gauge<'what'>;
  readonly #oldest: Gauge;
  readonly #setAside: Gauge;

  constructor(registry: Registry, database: Database, queues: Pick<Queues, 'counts'>) {
    this.#database = database;
    this.#queues = queues;
    this.#jobs = new Gauge({
      name: 'plimsoll_queue_jobs',
      help: 'Jobs that the queue holds, by queue and state.',
      labelNames: ['queue', 'state'],
      registers: [registry],
    });
    this.#waiting = new Gauge({
      name: 'plimsoll_backlog',
      help: 'What waits or runs: messages of the outbox, scans, webhook deliveries.',
      labelNames: ['what'],
      registers: [registry],
    });
    this.#oldest = new Gauge({
      name: 'plimsoll_outbox_oldest_seconds',
      help: 'Age of the oldest message that was not dispatched; 0 where there is none.',
      registers: [registry],
    });
    this.#setAside = new Gauge({
      name: 'plimsoll_outbox_set_aside',
      help: 'Messages that no worker could read: see `plimsoll outbox list`.',
      registers: [registry],
    });
  }

  /** Before metrics are read. */
  async read(): Promise<void> {
    for (const job of [scanHostJob, deliverWebhookJob])
      for (const [state, count] of Object.entries(await this.#queues.counts(job)))
        this.#jobs.set({ queue: job.name, state }, count);
    const backlog = await this.#database.platform.readBacklog();
    this.#waiting.set({ what: 'outbox' }, backlog.outboxPending);
    this.#waiting.set({ what: 'scans-queued' }, backlog.scansQueued);
    this.#waiting.set({ what: 'scans-running' }, backlog.scansRunning);
    this.#waiting.set({ what: 'deliveries' }, backlog.deliveriesPending);
    this.#setAside.set(await this.#database.platform.countSetAsideMessages());
    const { outboxOldestAt } = backlog;
    this.#oldest.set(outboxOldestAt === null ? 0 : Math.max(0, (Date.now() - outboxOldestAt.getTime()) / 1000));
  }
}

import { AuditWriter } from '@plimsoll/audit';
import { type Database, type Prisma, type Transaction, newId, outbox } from '@plimsoll/persistence';
import { type Queues, deliverWebhookJob } from '@plimsoll/queue';
import type { Vault } from '@plimsoll/vault';
import { disableAfterMs, nextAttemptDelayMs } from './retry-schedule.ts';
import type { AttemptResult, WebhookSender } from './send-webhook.ts';

export interface WebhookDeliveryOptions {
  database: Database;
  queues: Queues;
  vault: Vault;
  sender: WebhookSender;
  now?: () => Date;
  random?: () => number;
}

export interface DeliveryRef {
  readonly tenantId: string;
  readonly deliveryId: string;
}

interface DueDelivery {
  id: string;
  tenantId: string;
  eventId: string;
  url: string;
  endpointId: string;
  secret: string;
  body: string;
  attemptCount: number;
}

/** How many deliveries one sweep adds at most. */
const sweepLimit = 500;
/** How long an attempt owns its delivery: should its worker be lost, another one tries again after that. */
const claimMs = 60_000;

/** Sends what is due, and keeps the books: attempts, the next try, endpoints that fail for too long. */
export class WebhookDeliverer {
  readonly #options: WebhookDeliveryOptions;
  readonly #audit: AuditWriter;
  readonly #now: () => Date;

  constructor(options: WebhookDeliveryOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => new Date());
    this.#audit = new AuditWriter(this.#now);
  }

  /** One attempt of one delivery; nothing where it is not due, another worker is at it, or its endpoint is off. */
  async deliver({ tenantId, deliveryId }: DeliveryRef, signal: AbortSignal): Promise<void> {
    const due = await this.#load(tenantId, deliveryId);
    if (due === undefined) return;
    const attempt = await this.#options.sender.send(
      { url: due.url, id: due.eventId, body: due.body, secret: due.secret },
      signal,
    );
    // A shut-down is no failure of the receiver: the delivery stays due and the next worker tries again.
    if (signal.aborted && attempt.error === 'interrupted') return this.#letGo(due);
    await this.#options.database.forTenant(tenantId, (tx) => this.#record(tx, due, attempt), { retries: 3 });
  }

  /** Adds the jobs of deliveries whose time has come: retries, and what a crash left behind. */
  async addDue(): Promise<number> {
    const due = await this.#options.database.platform.findDueDeliveries(this.#now(), sweepLimit);
    for (const { tenantId, deliveryId } of due)
      await this.#options.queues.add(deliverWebhookJob, { tenantId, deliveryId });
    return due.length;
  }

  /** The delivery of this tenant that has been due the longest, if there is one that nobody is at. */
  async nextDue(tenantId: string): Promise<DeliveryRef | undefined> {
    const row = await this.#options.database.forTenant(tenantId, (tx) =>
      tx.webhookDelivery.findFirst({
        where: { tenantId, state: 'pending', nextAttemptAt: { lte: this.#now() } },
        orderBy: { nextAttemptAt: 'asc' },
        select: { id: true },
      }),
    );
    return row === null ? undefined : { tenantId, deliveryId: row.id };
  }

  async #letGo({ tenantId, id }: DueDelivery): Promise<void> {
    await this.#options.database.forTenant(tenantId, (tx) =>
      tx.webhookDelivery.updateMany({ where: { id, state: 'pending' }, data: { nextAttemptAt: this.#now() } }),
    );
  }

  /** Takes the delivery for one attempt; undefined where there is nothing to send, or not now. */
  #load(tenantId: string, id: string): Promise<DueDelivery | undefined> {
    return this.#options.database.forTenant(tenantId, async (tx) => {
      const now = this.#now();
      const { count } = await tx.webhookDelivery.updateMany({
        where: { tenantId, id, state: 'pending', OR: [{ nextAttemptAt: null }, { nextAttemptAt: { lte: now } }] },
        data: { nextAttemptAt: new Date(now.getTime() + claimMs) },
      });
      if (count === 0) return undefined;
      const row = await tx.webhookDelivery.findUniqueOrThrow({ where: { id }, include: { endpoint: true } });
      if (!row.endpoint.enabled) {
        await tx.webhookDelivery.update({
          where: { id },
          data: { state: 'failed', nextAttemptAt: null, finishedAt: this.#now() },
        });
        return undefined;
      }
      const secret = await this.#options.vault.open(
        tx,
        tenantId,
        { purpose: 'webhook-signing-secret', subjectId: row.endpointId },
        row.endpoint.encryptedSecret,
      );
      return {
        id,
        tenantId,
        eventId: row.eventId,
        url: row.endpoint.url,
        endpointId: row.endpointId,
        secret: new TextDecoder().decode(secret),
        body: JSON.stringify(row.payload),
        attemptCount: row.attemptCount,
      };
    });
  }

  async #record(tx: Transaction, due: DueDelivery, { retryAfterMs, ...attempt }: AttemptResult): Promise<void> {
    const { tenantId, id: deliveryId } = due;
    // Two attempts at once (a job that was thought lost) count as two: the row decides, not what was read before.
    await tx.webhookAttempt.create({ data: { id: newId(), tenantId, deliveryId, ...attempt } });
    const { attemptCount } = await tx.webhookDelivery.update({
      where: { id: deliveryId },
      data: { attemptCount: { increment: 1 } },
    });
    const now = this.#now();
    if (attempt.status !== null && attempt.status >= 200 && attempt.status < 300) {
      await tx.webhookDelivery.update({
        where: { id: deliveryId },
        data: { state: 'delivered', nextAttemptAt: null, finishedAt: now },
      });
      await tx.webhookEndpoint.updateMany({
        where: { tenantId, id: due.endpointId, failingSince: { not: null } },
        data: { failingSince: null },
      });
      return;
    }
    const delayMs =
      attempt.status === 410
        ? undefined
        : nextAttemptDelayMs(attemptCount, retryAfterMs, (this.#options.random ?? Math.random)());
    await tx.webhookDelivery.updateMany({
      where: { id: deliveryId, state: 'pending' },
      data:
        delayMs === undefined
          ? { state: 'failed', nextAttemptAt: null, finishedAt: now }
          : { nextAttemptAt: new Date(now.getTime() + delayMs) },
    });
    await this.#noteFailure(tx, due, attempt.status, now);
  }

  async #noteFailure(
    tx: Transaction,
    { tenantId, endpointId, url }: DueDelivery,
    status: number | null,
    now: Date,
  ): Promise<void> {
    const mine = { tenantId, id: endpointId };
    await tx.webhookEndpoint.updateMany({ where: { ...mine, failingSince: null }, data: { failingSince: now } });
    // 410 is the receiver's way to say "never again"; otherwise days of nothing but failure are.
    const gaveUp = status === 410 ? {} : { failingSince: { lt: new Date(now.getTime() - disableAfterMs) } };
    const disabledReason = status === 410 ? 'gone' : 'failing-too-long';
    const { count } = await tx.webhookEndpoint.updateMany({
      where: { ...mine, enabled: true, ...gaveUp },
      data: { enabled: false, disabledReason, disabledAt: now, version: { increment: 1 } },
    });
    if (count === 0) return;
    const payload: Prisma.InputJsonObject = { endpointId, url, reason: disabledReason };
    await outbox.append(tx, { tenantId, type: 'webhook.disabled', payload });
    await this.#audit.record(
      tx,
      { kind: 'system', id: null, name: 'Plimsoll', tenantId, address: null, requestId: null },
      {
        action: 'webhook-endpoint.disabled',
        subject: { kind: 'webhook-endpoint', id: endpointId, name: url },
        details: { reason: disabledReason },
      },
    );
  }
}

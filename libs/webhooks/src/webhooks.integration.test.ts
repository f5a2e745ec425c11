import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import { CreateWebhookEndpoint, permissionsOf, type Actor } from '@plimsoll/contracts';
import { webhookPolicy } from '@plimsoll/docker-engine';
import { createTestDatabase, aTenant, type TestDatabase } from '@plimsoll/persistence/testing';
import { Platform, newId } from '@plimsoll/persistence';
import { Queues, deliverWebhookJob } from '@plimsoll/queue';
import { MasterKeyring, Vault, generateMasterKey } from '@plimsoll/vault';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { disableAfterMs } from './retry-schedule.ts';
import { WebhookSender } from './send-webhook.ts';
import { WebhookDeliverer } from './webhook-delivery.ts';
import { WebhookDeliveriesService } from './webhook-deliveries.service.ts';
import { WebhookEndpointsService } from './webhook-endpoints.service.ts';
import { WebhookFanOut } from './webhook-fan-out.ts';

const loopbackPolicy = { ...webhookPolicy, allowLoopback: true };
const pingData = { message: 'hello' };

let db: TestDatabase;
let queues: Queues;
let vault: Vault;
let sender: WebhookSender;
let now = new Date('2026-11-24T12:00:00Z');

beforeAll(async () => {
  db = await createTestDatabase();
  queues = await Queues.open({ databaseUrl: db.appUrl, onError: () => {} });
  vault = new Vault(MasterKeyring.parse(generateMasterKey()));
  sender = new WebhookSender(loopbackPolicy, () => now);
});
afterEach(() => {
  now = new Date('2026-11-24T12:00:00Z');
});
afterAll(async () => {
  await sender.close();
  await queues.close();
  await db.close();
});

interface Received {
  headers: Record<string, string>;
  body: string;
}

/** A receiver on loopback that answers what it is told to, and keeps what it got. */
const aReceiver = async (answer: { status?: number; headers?: Record<string, string>; body?: string } = {}) => {
  const received: Received[] = [];
  const answerTo = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    received.push({ headers, body: (await buffer(request)).toString() });
    response.writeHead(answer.status ?? 204, answer.headers).end(answer.body);
  };
  const server = createServer((request, response) => void answerTo(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const { port } = server.address() as AddressInfo; // a TCP server's address is never a string
  return { url: `http://127.0.0.1:${port}/hook`, received, answer };
};

const anActor = async (): Promise<Actor> => {
  const tenant = await aTenant(db.database);
  return {
    kind: 'user',
    id: newId(),
    name: 'Ada',
    tenantId: tenant.id,
    role: 'owner',
    permissions: new Set(permissionsOf.owner),
    address: null,
    requestId: null,
  };
};

const services = () => ({
  endpoints: new WebhookEndpointsService({ database: db.database, vault, policy: loopbackPolicy }),
  deliveries: new WebhookDeliveriesService(db.database, queues),
  fanOut: new WebhookFanOut(db.database, queues),
  deliverer: new WebhookDeliverer({ database: db.database, queues, vault, sender, now: () => now, random: () => 0 }),
});

const never = new AbortController().signal;

/** An endpoint of a fresh tenant and one ping that waits to be delivered. */
const aWaitingPing = async (answer: Parameters<typeof aReceiver>[0] = {}) => {
  const receiver = await aReceiver(answer);
  const actor = await anActor();
  const { endpoints, deliveries, deliverer } = services();
  const endpoint = await endpoints.create(actor, {
    url: receiver.url,
    description: '',
    eventTypes: ['scan.completed'],
    enabled: true,
  });
  // The service stamps with the real clock; the deliverer's is the test's.
  const delivery = await deliveries.ping(actor, endpoint.id);
  now = new Date(Date.parse(delivery.createdAt) + 1);
  const job = { tenantId: actor.tenantId, deliveryId: delivery.id };
  const look = () => deliveries.get(actor, endpoint.id, delivery.id);
  return { receiver, actor, endpoint, delivery, endpoints, deliveries, deliverer, job, look };
};

describe('a delivery', () => {
  test('is signed so that the public library verifies it, and only with the right secret', async () => {
    const { receiver, endpoint, deliverer, job, look } = await aWaitingPing();
    await deliverer.deliver(job, never);
    const [message] = receiver.received;
    // The library compares the timestamp with the real clock, which is where the ping was stamped.
    expect(new Webhook(endpoint.secret).verify(message?.body ?? '', message?.headers ?? {})).toMatchObject({
      type: 'webhook.ping',
    });
    const other = new Webhook(`whsec_${Buffer.alloc(32, 1).toString('base64')}`);
    expect(() => other.verify(message?.body ?? '', message?.headers ?? {})).toThrow('No matching signature');
    expect(await look()).toMatchObject({
      state: 'delivered',
      nextAttemptAt: null,
      attempts: [{ status: 204, error: null }],
    });
  });

  test('is retried with growing delays under the same id, and ends as failed', async () => {
    const { receiver, deliverer, job, look } = await aWaitingPing({ status: 500, body: 'broken\u0000' });
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      await deliverer.deliver(job, never);
      const { nextAttemptAt } = await look();
      if (nextAttemptAt === null) break;
      waits.push(Date.parse(nextAttemptAt) - now.getTime());
      await deliverer.deliver(job, never); // too early: nothing is sent
      now = new Date(nextAttemptAt);
    }
    expect(waits).toEqual([
      5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 50_400_000, 72_000_000, 86_400_000,
    ]);
    const ended = await look();
    expect(ended).toMatchObject({ state: 'failed', nextAttemptAt: null });
    expect(ended.attempts).toHaveLength(10);
    expect(ended.attempts[0]).toMatchObject({ status: 500, responseExcerpt: 'broken ' });
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([ended.eventId]));
    expect(receiver.received).toHaveLength(10);
  });

  test('follows no redirect', async () => {
    const elsewhere = await aReceiver();
    const { deliverer, job, look } = await aWaitingPing({ status: 302, headers: { location: elsewhere.url } });
    await deliverer.deliver(job, never);
    expect(elsewhere.received).toEqual([]);
    expect(await look()).toMatchObject({ state: 'pending', attempts: [{ status: 302 }] });
  });

  test('to nobody names what went wrong', async () => {
    const { deliverer, job, look, endpoints, actor, endpoint } = await aWaitingPing();
    await endpoints.update(actor, endpoint.id, null, { url: 'http://127.0.0.1:9/hook' });
    await deliverer.deliver(job, never);
    expect((await look()).attempts).toMatchObject([{ status: null, error: 'connection-refused' }]);
  });

  test('into a network that is not allowed never leaves, even where the address was saved before', async () => {
    const { deliveries, job, look } = await aWaitingPing();
    const strict = new WebhookSender(webhookPolicy);
    onTestFinished(() => strict.close());
    const deliverer = new WebhookDeliverer({ database: db.database, queues, vault, sender: strict, now: () => now });
    await deliverer.deliver(job, never);
    expect((await look()).attempts).toMatchObject([{ status: null, error: 'address-refused' }]);
    expect(deliveries).toBeDefined();
  });

  test('can be sent again, with the same id', async () => {
    const { receiver, actor, endpoint, deliveries, deliverer, job, delivery, look } = await aWaitingPing();
    await expect(deliveries.redeliver(actor, endpoint.id, delivery.id)).rejects.toMatchObject({
      slug: 'state-conflict',
    });
    await deliverer.deliver(job, never);
    await deliverer.deliver(job, never); // delivered already: nothing is sent
    await deliveries.redeliver(actor, endpoint.id, delivery.id);
    now = new Date(Date.now() + 1_000);
    await deliverer.deliver(job, never);
    expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual([delivery.eventId, delivery.eventId]);
    expect((await look()).attempts).toHaveLength(2);
  });
});

describe('an endpoint', () => {
  test('that says 410 Gone is switched off at once, with a notice in the audit log', async () => {
    const { deliverer, job, endpoints, actor, endpoint, look } = await aWaitingPing({ status: 410 });
    await deliverer.deliver(job, never);
    expect(await endpoints.get(actor, endpoint.id)).toMatchObject({ enabled: false, disabledReason: 'gone' });
    expect(await look()).toMatchObject({ state: 'failed' });
    const audited = await db.asOwner<{ action: string }>(
      'SELECT action FROM audit_events WHERE tenant_id = $1 ORDER BY sequence',
      [actor.tenantId],
    );
    expect(audited.map(({ action }) => action)).toEqual([
      'webhook-endpoint.created',
      'webhook-endpoint.pinged',
      'webhook-endpoint.disabled',
    ]);
  });

  test('that failed for days is switched off, and starts afresh when switched on', async () => {
    const { deliverer, job, endpoints, actor, endpoint } = await aWaitingPing({ status: 500 });
    await deliverer.deliver(job, never);
    expect(await endpoints.get(actor, endpoint.id)).toMatchObject({ enabled: true, failingSince: now.toISOString() });
    now = new Date(now.getTime() + disableAfterMs + 1);
    await deliverer.deliver(job, never);
    expect(await endpoints.get(actor, endpoint.id)).toMatchObject({
      enabled: false,
      disabledReason: 'failing-too-long',
    });
    expect(await endpoints.update(actor, endpoint.id, null, { enabled: true })).toMatchObject({
      enabled: true,
      disabledReason: null,
      failingSince: null,
    });
  });

  test('in a network that is not allowed is refused when saved, and the refusal names field and setting', async () => {
    const strict = new WebhookEndpointsService({ database: db.database, vault, policy: webhookPolicy });
    const given = { description: '', eventTypes: ['scan.completed' as const], enabled: true };
    for (const url of [
      'http://127.0.0.1/x',
      'http://[::1]/x',
      'http://169.254.169.254/latest',
      'http://[::ffff:10.0.0.1]/x',
    ])
      await expect(strict.create(await anActor(), { ...given, url })).rejects.toMatchObject({
        slug: 'address-refused',
        errors: [{ field: 'url' }],
      });
  });

  test('changes only for whoever has read its latest version', async () => {
    const { endpoints, actor, endpoint } = await aWaitingPing();
    await endpoints.update(actor, endpoint.id, endpoint.version, { description: 'first' });
    await expect(
      endpoints.update(actor, endpoint.id, endpoint.version, { description: 'second' }),
    ).rejects.toMatchObject({ slug: 'version-conflict' });
  });

  test('of another tenant is not there', async () => {
    const { endpoints, deliveries, endpoint, delivery } = await aWaitingPing();
    const stranger = await anActor();
    await expect(endpoints.get(stranger, endpoint.id)).rejects.toMatchObject({ slug: 'not-found' });
    await expect(endpoints.delete(stranger, endpoint.id)).rejects.toMatchObject({ slug: 'not-found' });
    await expect(deliveries.redeliver(stranger, endpoint.id, delivery.id)).rejects.toMatchObject({ slug: 'not-found' });
    expect((await endpoints.list(stranger, { limit: 50 })).items).toEqual([]);
  });

  test('keeps its secret sealed', async () => {
    const { endpoint } = await aWaitingPing();
    const [row] = await db.asOwner<{ encrypted_secret: Buffer }>(
      'SELECT encrypted_secret FROM webhook_endpoints WHERE id = $1',
      [endpoint.id],
    );
    expect(row?.encrypted_secret.includes(Buffer.from(endpoint.secret.slice('whsec_'.length)))).toBe(false);
  });
});

describe('fan-out', () => {
  test('reaches each subscribed endpoint once, however often it is repeated', async () => {
    const actor = await anActor();
    const { endpoints, deliveries, fanOut } = services();
    const given = { description: '', enabled: true };
    const wanted = await endpoints.create(actor, {
      ...given,
      url: 'http://127.0.0.1:9/a',
      eventTypes: ['host.unreachable'],
    });
    const other = await endpoints.create(actor, { ...given, url: 'http://127.0.0.1:9/b', eventTypes: ['scan.failed'] });
    const message = {
      id: newId(),
      tenantId: actor.tenantId,
      type: 'host.unreachable',
      payload: {
        host: { id: newId(), name: 'build-7', simulated: false },
        reason: 'timed-out',
        detail: '',
        nextStep: null,
        url: 'http://example.test',
      },
      createdAt: new Date(),
    };
    expect(await fanOut.dispatch(message)).toBe(true);
    expect(await fanOut.dispatch(message)).toBe(true);
    const page = { limit: 50 };
    expect((await deliveries.list(actor, wanted.id, page)).items).toMatchObject([
      { eventId: message.id, state: 'pending' },
    ]);
    expect((await deliveries.list(actor, other.id, page)).items).toEqual([]);
  });

  test('tells the other endpoints of one that was switched off, and not that one', async () => {
    const { deliverer, job, endpoints, deliveries, actor, endpoint } = await aWaitingPing({ status: 410 });
    const subscription = CreateWebhookEndpoint.parse({ url: 'http://127.0.0.1:9/c', eventTypes: ['webhook.disabled'] });
    const watching = await endpoints.create(actor, subscription);
    await deliverer.deliver(job, never);
    await endpoints.update(actor, endpoint.id, null, { enabled: true, eventTypes: ['webhook.disabled'] });
    const messages = await db.database.transaction((tx) => new Platform(tx).claimOutboxMessages(100));
    const message = messages.find(({ tenantId }) => tenantId === actor.tenantId);
    if (message === undefined) throw new Error('Nothing was announced');
    expect(message.type).toBe('webhook.disabled');
    expect(await services().fanOut.dispatch(message)).toBe(true);
    const page = { limit: 50, eventType: 'webhook.disabled' } as const;
    const told = await deliveries.list(actor, watching.id, page);
    expect(told.items).toMatchObject([{ eventId: message.id, eventType: 'webhook.disabled', state: 'pending' }]);
    const bodies = await db.asOwner('SELECT payload FROM webhook_deliveries WHERE event_id = $1', [message.id]);
    expect(bodies).toMatchObject([
      { payload: { type: 'webhook.disabled', data: { endpointId: endpoint.id, url: endpoint.url, reason: 'gone' } } },
    ]);
    expect((await deliveries.list(actor, endpoint.id, page)).items).toEqual([]);
  });

  test('leaves messages that are no events to others', async () => {
    expect(
      await services().fanOut.dispatch({
        id: newId(),
        tenantId: newId(),
        type: 'scan.requested',
        payload: pingData,
        createdAt: new Date(),
      }),
    ).toBe(false);
  });
});

test('a delivery that waits is found by the sweep and sent by a worker of the real queue', async () => {
  const { deliverer, job, look } = await aWaitingPing();
  const { promise: delivered, resolve } = Promise.withResolvers<void>();
  const worker = await queues.work(deliverWebhookJob, async (payload, { signal }) => {
    await deliverer.deliver(payload, signal);
    // The queue may still hold what earlier tests have added.
    if (payload.deliveryId === job.deliveryId) resolve();
  });
  onTestFinished(() => worker.close());
  await deliverer.addDue();
  await delivered;
  expect(await look()).toMatchObject({ state: 'delivered' });
});

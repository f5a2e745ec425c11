import { type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { permissionsOf } from '@plimsoll/contracts';
import { webhookPolicy } from '@plimsoll/docker-engine';
import { newId } from '@plimsoll/persistence';
import { aTenant } from '@plimsoll/persistence/testing';
import { Queues, deliverWebhookJob } from '@plimsoll/queue';
import { type StartedQueueBackend, queueBackends } from '@plimsoll/queue/testing';
import { MasterKeyring, Vault, generateMasterKey } from '@plimsoll/vault';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { FairDeliveries } from './fair-deliveries.ts';
import { WebhookSender } from './send-webhook.ts';
import { WebhookDeliverer } from './webhook-delivery.ts';
import { WebhookDeliveriesService } from './webhook-deliveries.service.ts';
import { WebhookEndpointsService } from './webhook-endpoints.service.ts';

const policy = { ...webhookPolicy, allowLoopback: true };

/** A receiver on loopback that holds its answers until it is opened, and remembers the ids of what it got. */
const aReceiver = async ({ isOpen }: { isOpen: boolean }) => {
  const ids: string[] = [];
  const held: ServerResponse[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  let open = isOpen;
  const server = createServer((request, response) => {
    ids.push(String(request.headers['webhook-id']));
    for (const { count, resolve } of waiting) if (ids.length >= count) resolve();
    request.resume();
    if (open) response.writeHead(204).end();
    else held.push(response);
  });
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await listening;
  onTestFinished(async () => {
    const { promise: closed, resolve: close } = Promise.withResolvers<void>();
    server.close(() => close());
    server.closeAllConnections();
    await closed;
  });
  const { port } = server.address() as AddressInfo; // a TCP server's address is never a string
  return {
    url: `http://127.0.0.1:${port}/hook`,
    ids,
    open: (): void => {
      open = true;
      for (const response of held.splice(0)) response.writeHead(204).end();
    },
    got: (count: number): Promise<void> => {
      const { promise, resolve: enough } = Promise.withResolvers<void>();
      waiting.push({ count, resolve: enough });
      if (ids.length >= count) enough();
      return promise;
    },
  };
};

for (const backend of queueBackends) {
  describe.skipIf(backend.skipped !== null)(`tenants share the places for deliveries on ${backend.name}`, () => {
    let started: StartedQueueBackend;
    let queues: Queues;
    let sender: WebhookSender;
    let deliveries: WebhookDeliveriesService;
    let endpoints: WebhookEndpointsService;
    let deliverer: WebhookDeliverer;
    beforeAll(async () => {
      started = await backend.start();
      const { database } = started.db;
      queues = await Queues.open({ ...started.store, onError: () => undefined });
      const vault = new Vault(MasterKeyring.parse(generateMasterKey()));
      sender = new WebhookSender(policy);
      deliveries = new WebhookDeliveriesService(database, queues);
      endpoints = new WebhookEndpointsService({ database, vault, policy });
      deliverer = new WebhookDeliverer({ database, queues, vault, sender });
    }, 60_000);
    afterAll(async () => {
      await queues.close();
      await sender.close();
      await started.stop();
    });

    /** A new tenant with so many pings to one receiver that wait. */
    const aTenantWithPings = async (url: string, count: number): Promise<string> => {
      const { id: tenantId } = await aTenant(started.db.database);
      const permissions = new Set(permissionsOf.owner);
      const about = { id: newId(), name: 'Ada', role: 'owner', address: null, requestId: null } as const;
      const actor = { kind: 'user', tenantId, permissions, ...about } as const;
      const input = { url, description: '', eventTypes: ['scan.completed' as const], enabled: true };
      const endpoint = await endpoints.create(actor, input);
      for (let ping = 0; ping < count; ping += 1) await deliveries.ping(actor, endpoint.id);
      return tenantId;
    };
    const statesOf = async (tenantId: string): Promise<Record<string, number>> => {
      const rows = await started.db.asOwner<{ state: string; count: number }>(
        `SELECT state, count(*)::integer AS count FROM webhook_deliveries WHERE tenant_id = $1 GROUP BY state`,
        [tenantId],
      );
      return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
    };

    test('one with a slow receiver takes no more than its own, and all of its deliveries arrive, once', async () => {
      const [slow, quick] = [await aReceiver({ isOpen: false }), await aReceiver({ isOpen: true })];
      const tenantId = await aTenantWithPings(slow.url, 20);
      const other = await aTenantWithPings(quick.url, 1);
      const fair = new FairDeliveries({ deliverer, perTenant: 2 });
      const worker = await queues.work(deliverWebhookJob, (job, { signal }) => fair.run(job, signal), {
        concurrency: 4,
      });
      await Promise.all([quick.got(1), slow.got(2)]);
      await expect.poll(() => statesOf(other)).toEqual({ delivered: 1 });
      expect(slow.ids).toHaveLength(2);
      expect(await statesOf(tenantId)).toEqual({ pending: 20 });
      // The jobs of the rest have left the queue already: the two places go on with the rows.
      await expect.poll(() => queues.counts(deliverWebhookJob)).toMatchObject({ waiting: 0, active: 2 });
      slow.open();
      await slow.got(20);
      await expect.poll(() => statesOf(tenantId)).toEqual({ delivered: 20 });
      await worker.close();
      expect(new Set(slow.ids)).toHaveLength(20);
    });

    test('two workers at once send a delivery once', async () => {
      const slow = await aReceiver({ isOpen: false });
      const tenantId = await aTenantWithPings(slow.url, 1);
      const job = await deliverer.nextDue(tenantId);
      if (job === undefined) throw new Error('nothing is due');
      const signal = new AbortController().signal;
      const first = deliverer.deliver(job, signal);
      await slow.got(1);
      await deliverer.deliver(job, signal);
      slow.open();
      await first;
      expect(slow.ids).toHaveLength(1);
      expect(await statesOf(tenantId)).toEqual({ delivered: 1 });
    });

    test('a delivery that a shut-down has interrupted is due at once', async () => {
      const slow = await aReceiver({ isOpen: false });
      const tenantId = await aTenantWithPings(slow.url, 1);
      const job = await deliverer.nextDue(tenantId);
      if (job === undefined) throw new Error('nothing is due');
      const stopping = new AbortController();
      const interrupted = deliverer.deliver(job, stopping.signal);
      await slow.got(1);
      expect(await deliverer.nextDue(tenantId)).toBeUndefined();
      stopping.abort();
      await interrupted;
      expect(await deliverer.nextDue(tenantId)).toEqual(job);
    });
  });
}

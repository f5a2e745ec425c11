import { roles } from '@plimsoll/contracts';
import type { Answer, CreatedApiKey, Finding, Host, Page, Role, Scan, WebhookDelivery } from '@plimsoll/contracts';
import type { SimulatedHost } from '@plimsoll/engine-simulator';
import { newId } from '@plimsoll/persistence';
import { ScanHostPipeline } from '@plimsoll/scanning';
import { createLogger } from '@plimsoll/telemetry';
import type { Test } from 'supertest';
import { People } from '../../apps/api/src/identity/testing/people.ts';
import type { Person } from '../../apps/api/src/identity/testing/people.ts';
import type { TestApi } from '../../apps/api/src/testing/test-api.ts';

/** A check that has a question for people. */
const askingCheck = 'exec-privileged';

export const keyRoles = ['admin', 'operator', 'viewer', 'auditor'] as const;

/** What a path parameter can stand for, by the name that the paths give it. */
export interface Things {
  readonly hostId: string;
  /** Of a scan that has ended. */
  readonly scanId: string;
  readonly findingId: string;
  readonly memberId: string;
  readonly invitationId: string;
  readonly apiKeyId: string;
  readonly endpointId: string;
  readonly deliveryId: string;
  /** Of a check that has a question for people. */
  readonly checkId: string;
  readonly answerId: string;
}

/** A tenant with people and keys of every role, and with rows of every kind. */
export interface PopulatedTenant {
  readonly id: string;
  readonly people: Readonly<Record<Role, Person>>;
  /** Tokens by role. */
  readonly keys: Readonly<Record<(typeof keyRoles)[number], string>>;
  readonly things: Things;
  /** More rows, for whoever is going to use them up. */
  readonly make: Maker;
  /** The `Idempotency-Key` under which its host was registered, and that request's body. */
  readonly registration: { readonly key: string; readonly body: object };
}

/** Makes single rows through the API, as the tenant's owner. */
export class Maker {
  #hostOfAnswers = '';

  constructor(
    private readonly api: TestApi,
    private readonly engine: SimulatedHost,
    private readonly owner: Person,
  ) {}

  hostBody(): { name: string; address: string; credential: SimulatedHost['tls'] } {
    return { name: `host-${newId()}`, address: this.engine.url, credential: this.engine.tls };
  }

  async host(): Promise<Host> {
    return made<Host>(this.owner.send('post', '/v1/hosts', this.hostBody()), 201);
  }

  /** A scan that waits for a worker. */
  async queuedScan(hostId: string): Promise<Scan> {
    return made<Scan>(this.owner.send('post', `/v1/hosts/${hostId}/scans`, {}), 202);
  }

  async scan(hostId: string): Promise<Scan> {
    const { id } = await this.queuedScan(hostId);
    const { database, vault, config } = this.api.core;
    const log = createLogger({ level: 'silent', service: 'test' });
    const pipeline = new ScanHostPipeline({ database, vault, policy: config.hosts, log });
    await pipeline.run({ tenantId: this.owner.session.tenant.id, scanId: id }, new AbortController().signal);
    return made<Scan>(this.owner.send('get', `/v1/scans/${id}`), 200);
  }

  async member(role: Role): Promise<{ id: string }> {
    return made<{ id: string }>(this.owner.send('post', '/v1/members', { email: `${newId()}@example.com`, role }), 201);
  }

  async invitation(): Promise<{ id: string }> {
    const body = { email: `${newId()}@example.com`, role: 'viewer' };
    return made<{ id: string }>(this.owner.send('post', '/v1/invitations', body), 201);
  }

  async apiKey(role: Role): Promise<CreatedApiKey> {
    return made<CreatedApiKey>(this.owner.send('post', '/v1/api-keys', { name: `key-${newId()}`, role }), 201);
  }

  async endpoint(): Promise<{ id: string }> {
    const body = { url: `https://1.1.1.1/${newId()}`, eventTypes: ['scan.completed'] };
    return made<{ id: string }>(this.owner.send('post', '/v1/webhook-endpoints', body), 201);
  }

  async delivery(endpointId: string): Promise<WebhookDelivery> {
    return made<WebhookDelivery>(this.owner.send('post', `/v1/webhook-endpoints/${endpointId}/pings`), 202);
  }

  /** One that has failed, so that it can be sent again. */
  async failedDelivery(endpointId: string): Promise<WebhookDelivery> {
    const delivery = await this.delivery(endpointId);
    const { id: tenantId } = this.owner.session.tenant;
    await this.api.core.database.forTenant(tenantId, async (tx) => {
      const attempt = { id: newId(), tenantId, startedAt: new Date(), durationMs: 7, error: 'timed-out' };
      await tx.webhookAttempt.create({ data: { ...attempt, deliveryId: delivery.id } });
      await tx.webhookDelivery.update({ where: { id: delivery.id }, data: { state: 'failed', nextAttemptAt: null } });
    });
    return delivery;
  }

  answerBody(): { outcome: string; reason: string; validUntil: string } {
    return {
      outcome: 'pass',
      reason: 'Seen with my own eyes',
      validUntil: new Date(Date.now() + 86_400_000).toISOString(),
    };
  }

  /** To the question of the tenant's first host: replaces the one before. */
  async answer(hostId = this.#hostOfAnswers): Promise<Answer> {
    this.#hostOfAnswers = hostId;
    const path = `/v1/hosts/${hostId}/questions/${askingCheck}/answers`;
    return made<Answer>(this.owner.send('post', path, this.answerBody()), 201);
  }

  async finding(hostId: string): Promise<Finding> {
    const page = await made<Page<Finding>>(this.owner.send('get', `/v1/findings?hostId=${hostId}&limit=1`), 200);
    const [finding] = page.items;
    if (finding === undefined) throw new Error('The sample host should have findings');
    return finding;
  }
}

const made = async <Body>(test: Test, status: number): Promise<Body> => {
  const answer: { body: Body } = await test.expect(status);
  return answer.body;
};

/** A tenant with at least one row in every table that tenants have. */
export const populateTenant = async (api: TestApi, engine: SimulatedHost): Promise<PopulatedTenant> => {
  const crowd = new People(api);
  const owner = await crowd.founder();
  const make = new Maker(api, engine, owner);
  const members: Partial<Record<Role, Person>> = { owner };
  const keys: Partial<Record<Role, string>> = {};
  for (const role of keyRoles) {
    members[role] = await crowd.member(owner, role);
    keys[role] = (await make.apiKey(role)).key;
  }
  const registration = { key: newId(), body: { ...make.hostBody(), name: 'registered first' } };
  const host = await made<Host>(
    owner.send('post', '/v1/hosts', registration.body).set('idempotency-key', registration.key),
    201,
  );
  await owner.send('post', `/v1/hosts/${host.id}/connection-tests`).expect(200);
  await make.scan(host.id);
  const scan = await make.scan(host.id);
  // Lists have a second page.
  const other = await make.host();
  await make.queuedScan(other.id);
  await make.endpoint();
  const endpoint = await make.endpoint();
  await make.delivery(endpoint.id);
  const delivery = await make.failedDelivery(endpoint.id);
  const finding = await make.finding(host.id);
  // The history has a second page.
  await make.answer(host.id);
  const answer = await make.answer(host.id);
  const adjusted = { values: { stoppedContainers: 'same' } };
  await owner.send('put', '/v1/checks/container-memory-limit/parameters', adjusted).set('if-match', '*').expect(200);
  const member = await make.member('viewer');
  await make.invitation();
  const invitation = await make.invitation();
  const apiKey = await make.apiKey('viewer');
  return {
    id: owner.session.tenant.id,
    people: complete(members, roles),
    keys: complete(keys, keyRoles),
    make,
    registration,
    things: {
      hostId: host.id,
      scanId: scan.id,
      findingId: finding.id,
      checkId: askingCheck,
      answerId: answer.id,
      memberId: member.id,
      invitationId: invitation.id,
      apiKeyId: apiKey.id,
      endpointId: endpoint.id,
      deliveryId: delivery.id,
    },
  };
};

const complete = <Key extends string, Value>(
  partial: Partial<Record<Key, Value>>,
  names: readonly Key[],
): Record<Key, Value> => {
  const entries = names.map((name): [Key, Value] => {
    const value = partial[name];
    if (value === undefined) throw new Error(`There is no ${name}`);
    return [name, value];
  });
  // `fromEntries` forgets the names, which are all there.
  return Object.fromEntries(entries) as Record<Key, Value>;
};

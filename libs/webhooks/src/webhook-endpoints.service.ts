import { randomBytes } from 'node:crypto';
import { AuditWriter } from '@plimsoll/audit';
import {
  type Actor,
  AddressRefused,
  type CreateWebhookEndpoint,
  type CreatedWebhookEndpoint,
  NotFound,
  type Page,
  QuotaExceeded,
  type RotatedWebhookSecret,
  type UpdateWebhookEndpoint,
  VersionConflict,
  type WebhookEndpoint,
  type WebhookEndpointQuery,
  versionETag,
} from '@plimsoll/contracts';
import { type AddressPolicy, EngineError, type ResolveName, resolveGuarded } from '@plimsoll/docker-engine';
import { type Database, type Prisma, type Transaction, newId, newestFirst } from '@plimsoll/persistence';
import { type Vault, dataKeyIdOf } from '@plimsoll/vault';
import type { z } from 'zod';
import { endpointOf } from './webhook-rows.ts';

export interface WebhookEndpointsOptions {
  database: Database;
  vault: Vault;
  policy: AddressPolicy;
  resolveName?: ResolveName;
}

const endpoints = newestFirst('webhook-endpoints');
const endpointsPerTenant = 50;
const subjectOf = (endpoint: { id: string; url: string }) => ({
  kind: 'webhook-endpoint',
  id: endpoint.id,
  name: endpoint.url,
});

/** A tenant's webhook endpoints: where events go, which ones, and the secret that signs them. */
export class WebhookEndpointsService {
  readonly #options: WebhookEndpointsOptions;
  readonly #audit = new AuditWriter();

  constructor(options: WebhookEndpointsOptions) {
    this.#options = options;
  }

  async list(
    { tenantId }: Actor,
    { limit, cursor }: z.output<typeof WebhookEndpointQuery>,
  ): Promise<Page<WebhookEndpoint>> {
    return this.#options.database.forTenant(tenantId, async (tx) => {
      const rows = await tx.webhookEndpoint.findMany({
        where: { tenantId, ...endpoints.after(cursor) },
        orderBy: endpoints.orderBy,
        take: limit + 1,
      });
      return endpoints.page(rows, limit, endpointOf);
    });
  }

  /** @throws NotFound */
  get({ tenantId }: Actor, id: string): Promise<WebhookEndpoint> {
    return this.#options.database.forTenant(tenantId, async (tx) => endpointOf(await find(tx, tenantId, id)));
  }

  /**
   * @throws AddressRefused for a URL into a network that is not allowed
   * @throws QuotaExceeded
   */
  async create(
    actor: Actor,
    input: z.output<typeof CreateWebhookEndpoint>,
  ): Promise<z.input<typeof CreatedWebhookEndpoint>> {
    await this.#assertAllowed(input.url);
    const { tenantId } = actor;
    const id = newId();
    const secret = newSecret();
    return this.#options.database.forTenant(tenantId, async (tx) => {
      if ((await tx.webhookEndpoint.count({ where: { tenantId } })) >= endpointsPerTenant)
        throw new QuotaExceeded({ quota: 'webhook-endpoints', limit: endpointsPerTenant });
      const row = await tx.webhookEndpoint.create({
        data: { id, tenantId, ...input, ...(await this.#seal(tx, tenantId, id, secret)) },
      });
      await this.#audit.record(tx, actor, {
        action: 'webhook-endpoint.created',
        subject: subjectOf(row),
        details: { eventTypes: input.eventTypes },
      });
      return { ...endpointOf(row), secret };
    });
  }

  /**
   * @param version what the client has read; null for any
   * @throws NotFound, VersionConflict, AddressRefused
   */
  async update(
    actor: Actor,
    id: string,
    version: number | null,
    input: z.output<typeof UpdateWebhookEndpoint>,
  ): Promise<WebhookEndpoint> {
    if (input.url !== undefined) await this.#assertAllowed(input.url);
    const { tenantId } = actor;
    return this.#options.database.forTenant(tenantId, async (tx) => {
      const before = await find(tx, tenantId, id);
      const changes: Prisma.WebhookEndpointUpdateManyMutationInput = {
        ...(input.url === undefined ? {} : { url: input.url }),
        ...(input.description === undefined ? {} : { description: input.description }),
        ...(input.eventTypes === undefined ? {} : { eventTypes: input.eventTypes }),
        // Switched on again by hand: the failures before count no more.
        ...(input.enabled === undefined
          ? {}
          : { enabled: input.enabled, disabledReason: null, disabledAt: null, failingSince: null }),
      };
      const { count } = await tx.webhookEndpoint.updateMany({
        where: { tenantId, id, ...(version === null ? {} : { version }) },
        data: { ...changes, version: { increment: 1 } },
      });
      if (count === 0) throw new VersionConflict({ currentETag: versionETag(before.version) });
      const row = await find(tx, tenantId, id);
      await this.#audit.record(tx, actor, {
        action: 'webhook-endpoint.updated',
        subject: subjectOf(row),
        details: { changed: Object.keys(input), from: before.url, to: row.url },
      });
      return endpointOf(row);
    });
  }

  /** Deletes it with its deliveries. @throws NotFound */
  async delete(actor: Actor, id: string): Promise<void> {
    const { tenantId } = actor;
    await this.#options.database.forTenant(tenantId, async (tx) => {
      const row = await find(tx, tenantId, id);
      await tx.webhookEndpoint.delete({ where: { id, tenantId } });
      await this.#audit.record(tx, actor, { action: 'webhook-endpoint.deleted', subject: subjectOf(row) });
    });
  }

  /** A new secret; the old one signs nothing from now on. @throws NotFound */
  async rotateSecret(actor: Actor, id: string): Promise<z.input<typeof RotatedWebhookSecret>> {
    const { tenantId } = actor;
    const secret = newSecret();
    return this.#options.database.forTenant(tenantId, async (tx) => {
      const row = await find(tx, tenantId, id);
      await tx.webhookEndpoint.update({
        where: { id, tenantId },
        data: { ...(await this.#seal(tx, tenantId, id, secret)), version: { increment: 1 } },
      });
      await this.#audit.record(tx, actor, { action: 'webhook-endpoint.secret-rotated', subject: subjectOf(row) });
      return { secret };
    });
  }

  async #seal(tx: Transaction, tenantId: string, subjectId: string, secret: string) {
    const encryptedSecret = await this.#options.vault.seal(
      tx,
      tenantId,
      { purpose: 'webhook-signing-secret', subjectId },
      secret,
    );
    return { encryptedSecret, dataKeyId: dataKeyIdOf(encryptedSecret) };
  }

  /** The same judge that the socket asks at every delivery; a name that can't be resolved now may be later. */
  async #assertAllowed(url: string): Promise<void> {
    const host = new URL(url).hostname.replace(/^\[(.*)\]$/u, '$1');
    const { policy, resolveName } = this.#options;
    await resolveGuarded(host, policy, { timeoutMs: 3_000, resolveName }).catch((error: unknown) => {
      if (!(error instanceof EngineError) || error.reason !== 'address-refused') return;
      throw new AddressRefused(
        { reason: error.reason, setting: error.setting ?? null },
        { detail: error.message, errors: [{ field: 'url', in: 'body', message: error.message }], cause: error },
      );
    });
  }
}

const find = async (tx: Transaction, tenantId: string, id: string) => {
  const row = await tx.webhookEndpoint.findFirst({ where: { tenantId, id } });
  if (row === null) throw new NotFound({});
  return row;
};

/** 32 random bytes, written as Standard Webhooks writes secrets. */
const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

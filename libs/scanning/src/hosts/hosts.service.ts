import { AuditWriter } from '@plimsoll/audit';
import {
  type Actor,
  AlreadyExists,
  type CreateHost,
  CredentialRejected,
  type Host,
  type HostQuery,
  NotFound,
  type Page,
  type UpdateHost,
  VersionConflict,
  versionETag,
} from '@plimsoll/contracts';
import type { ResolveName } from '@plimsoll/docker-engine';
import { type Database, Prisma, type Transaction, newId, pageOfRows } from '@plimsoll/persistence';
import type { Vault } from '@plimsoll/vault';
import type { z } from 'zod';
import { type AcceptedCredential, HostCredentials, acceptCredential } from './host-credentials.ts';
import { InspectionGuard, recordInspectionChange } from './host-file-inspection.ts';
import { hostOrderOf, readHosts } from './host-list.ts';
import { type HostPolicy, assertAddressAllowed } from './host-policy.ts';
import { type HostRow, hostInclude, hostOf, labelsOf, readHostRows, storedLabels } from './host-row.ts';

export interface HostsServiceOptions {
  readonly database: Database;
  readonly vault: Vault;
  readonly policy: HostPolicy;
  readonly resolveName?: ResolveName;
  readonly now?: () => Date;
}

type Update = z.output<typeof UpdateHost>;

/** A tenant's hosts: registered, shown, changed, deleted. */
export class HostsService {
  readonly #options: HostsServiceOptions;
  readonly #credentials: HostCredentials;
  readonly #audit = new AuditWriter();
  readonly #inspection: InspectionGuard;
  readonly #now: () => Date;

  constructor(options: HostsServiceOptions) {
    this.#options = options;
    this.#inspection = new InspectionGuard(options.database);
    this.#credentials = new HostCredentials(options.vault);
    this.#now = options.now ?? (() => new Date());
  }

  async list({ tenantId }: Actor, query: z.output<typeof HostQuery>): Promise<Page<Host>> {
    const order = hostOrderOf(query.sort);
    const rows = await readHosts(this.#options.database, tenantId, query);
    return pageOfRows(order, rows, query.limit, (row) => ({ value: row[order.key], id: row.id }), hostOf);
  }

  /** @throws NotFound */
  async get({ tenantId }: Actor, id: string): Promise<Host> {
    const where = Prisma.sql`WHERE h.tenant_id = ${tenantId}::uuid AND h.id = ${id}::uuid`;
    const [row] = await readHostRows(this.#options.database, tenantId, where);
    if (row === undefined) throw noSuchHost();
    return hostOf(row);
  }

  /**
   * Registers a host.
   * @throws CredentialRejected, AddressRefused, AlreadyExists for a name that is taken
   * @throws PermissionMissing for reading files of the host to whoever may not switch that on
   */
  async create(actor: Actor, input: z.output<typeof CreateHost>): Promise<Host> {
    const { tenantId } = actor;
    await this.#inspection.assertMayRegister(actor, input);
    const credential = input.credential === undefined ? undefined : acceptCredential(input.credential, this.#now());
    this.#assertCredentialed(input.address, credential !== undefined);
    await assertAddressAllowed(input.address, this.#options.policy, this.#options.resolveName);
    const id = newId();
    return this.#refusingTakenNames(() =>
      this.#options.database.forTenant(tenantId, async (tx) => {
        await tx.host.create({
          data: {
            id,
            tenantId,
            name: input.name,
            address: input.address,
            labels: storedLabels(input.labels),
            listProcesses: input.processLists,
            inspectHostFiles: input.inspectHostFiles,
            simulated: input.simulated,
          },
          select: { id: true },
        });
        if (credential !== undefined) await this.#credentials.save(tx, tenantId, id, credential);
        await this.#audit.record(tx, actor, {
          action: 'host.created',
          subject: { kind: 'host', id, name: input.name },
          details: { address: input.address, labels: input.labels, ...credentialDetails(credential) },
        });
        if (input.inspectHostFiles) await recordInspectionChange(tx, actor, { id, name: input.name }, true);
        return hostOf(await findHost(tx, tenantId, id));
      }),
    );
  }

  /**
   * Changes a host.
   * @param version what the client has read; null for any
   * @throws NotFound, VersionConflict, CredentialRejected, AddressRefused, AlreadyExists
   * @throws PermissionMissing for another `inspectHostFiles` to whoever may not change that
   */
  async update(actor: Actor, id: string, version: number | null, given: Update): Promise<Host> {
    const { tenantId } = actor;
    const input = await this.#inspection.permittedUpdate(actor, id, given);
    const credential = input.credential === undefined ? undefined : acceptCredential(input.credential, this.#now());
    if (input.address !== undefined) {
      await assertAddressAllowed(input.address, this.#options.policy, this.#options.resolveName);
    }
    return this.#refusingTakenNames(() =>
      this.#options.database.forTenant(tenantId, async (tx) => {
        const before = await findHostForUpdate(tx, tenantId, id);
        if (version !== null && version !== before.version) {
          throw new VersionConflict({ currentETag: versionETag(before.version) });
        }
        await tx.host.updateMany({
          where: { tenantId, id },
          data: { ...changesOf(input, before, credential), version: { increment: 1 } },
        });
        this.#assertCredentialed(
          input.address ?? before.address,
          credential !== undefined || before.credential !== null,
        );
        if (credential !== undefined) await this.#credentials.save(tx, tenantId, id, credential);
        const after = await findHost(tx, tenantId, id);
        await this.#audit.record(tx, actor, {
          action: 'host.updated',
          subject: { kind: 'host', id, name: after.name },
          details: { changes: differences(before, after), ...credentialDetails(credential) },
        });
        if (after.inspectHostFiles !== before.inspectHostFiles) {
          await recordInspectionChange(tx, actor, after, after.inspectHostFiles);
        }
        return hostOf(after);
      }),
    );
  }

  /**
   * Deletes a host with everything that was learnt of it, whatever its version; only the audit log remembers.
   * @throws NotFound
   */
  async delete(actor: Actor, id: string): Promise<void> {
    const { tenantId } = actor;
    await this.#options.database.forTenant(tenantId, async (tx) => {
      const host = await findHost(tx, tenantId, id);
      const { count } = await tx.host.deleteMany({ where: { tenantId, id } });
      if (count === 0) throw noSuchHost();
      await this.#audit.record(tx, actor, {
        action: 'host.deleted',
        subject: { kind: 'host', id, name: host.name },
        details: { address: host.address },
      });
    });
  }

  #assertCredentialed(address: string, hasCredential: boolean): void {
    if (hasCredential || address.startsWith('unix:') || this.#options.policy.allowPlainTcp) return;
    const message = 'A tcp:// address needs the authority, a client certificate and its key.';
    throw new CredentialRejected(
      { field: 'ca', reason: 'missing' },
      { detail: message, errors: [{ field: 'credential', in: 'body', message }] },
    );
  }

  async #refusingTakenNames<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Prisma.PrismaClientKnownRequestError) || error.code !== 'P2002') throw error;
      throw new AlreadyExists(
        { field: 'name' },
        { cause: error, detail: 'Another host of this tenant has this name.' },
      );
    }
  }
}

/** @throws NotFound */
export const findHost = async (tx: Transaction, tenantId: string, id: string): Promise<HostRow> => {
  const row = await tx.host.findFirst({ where: { tenantId, id }, include: hostInclude });
  if (row === null) throw noSuchHost();
  return row;
};

/** Others that change this host wait until the transaction has ended. @throws NotFound */
const findHostForUpdate = async (tx: Transaction, tenantId: string, id: string): Promise<HostRow> => {
  await tx.$queryRaw`
    SELECT 1 FROM hosts WHERE tenant_id = ${tenantId}::uuid AND id = ${id}::uuid FOR NO KEY UPDATE`;
  return findHost(tx, tenantId, id);
};

const noSuchHost = (): Error => new NotFound({}, { detail: 'There is no such host.' });

const changesOf = (input: Update, before: HostRow, credential: AcceptedCredential | undefined) => ({
  ...(input.name === undefined ? {} : { name: input.name }),
  ...(input.address === undefined ? {} : { address: input.address }),
  ...(input.labels === undefined ? {} : { labels: storedLabels(input.labels) }),
  ...(input.processLists === undefined ? {} : { listProcesses: input.processLists }),
  ...(input.inspectHostFiles === undefined ? {} : { inspectHostFiles: input.inspectHostFiles }),
  // What was known of the old way to the host says nothing of the new one.
  ...(credential !== undefined || (input.address !== undefined && input.address !== before.address)
    ? {
        reachability: 'unknown' as const,
        reachabilityReason: null,
        reachabilityDetail: null,
        reachabilityNextStep: null,
        reachabilityCheckedAt: null,
      }
    : {}),
});

const credentialDetails = (credential: AcceptedCredential | undefined) =>
  credential === undefined ? {} : { certificate: credential.facts.client.fingerprint256 };

const shownOf = (row: HostRow) => ({
  name: row.name,
  address: row.address,
  labels: labelsOf(row.labels),
  processLists: row.listProcesses,
  inspectHostFiles: row.inspectHostFiles,
});

const differences = (before: HostRow, after: HostRow): Record<string, { from: unknown; to: unknown }> => {
  const [old, current] = [shownOf(before), shownOf(after)];
  const keys = ['name', 'address', 'labels', 'processLists', 'inspectHostFiles'] as const;
  return Object.fromEntries(
    keys
      .filter((key) => JSON.stringify(old[key]) !== JSON.stringify(current[key]))
      .map((key) => [key, { from: old[key], to: current[key] }]),
  );
};

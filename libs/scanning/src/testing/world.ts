import { type Actor, CreateHost, type Host, permissionsOf } from '@plimsoll/contracts';
import type { SimulatedHost } from '@plimsoll/engine-simulator';
import { type ClaimedOutboxMessage, type Database, Notifications, SCAN_EVENTS_CHANNEL } from '@plimsoll/persistence';
import { OUTBOX_CHANNEL } from '@plimsoll/persistence';
import { aTenant } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { createLogger } from '@plimsoll/telemetry';
import { MasterKeyring, Vault, generateMasterKey } from '@plimsoll/vault';
import type { HostPolicy } from '../hosts/host-policy.ts';
import { HostsService } from '../hosts/hosts.service.ts';
import { ScanHostPipeline, type ScanHostPipelineOptions } from '../pipeline/scan-host.pipeline.ts';
import { SCAN_CANCELLATIONS_CHANNEL } from '../scans/queue-scan.ts';
import { ScansService } from '../scans/scans.service.ts';

export const openPolicy: HostPolicy = {
  allowPrivate: true,
  allowLoopback: true,
  allowUnixSockets: false,
  allowPlainTcp: false,
};

/** An owner of a new tenant. */
export const anActor = async (database: Database): Promise<Actor> => {
  const tenant = await aTenant(database);
  return {
    kind: 'system',
    id: null,
    name: 'Ada',
    tenantId: tenant.id,
    role: 'owner',
    permissions: new Set(permissionsOf.owner),
    address: null,
    requestId: null,
  };
};

/** Everything that scans need, on a real database. */
export interface World {
  readonly database: Database;
  readonly vault: Vault;
  readonly hosts: HostsService;
  readonly scans: ScansService;
  readonly notifications: Notifications;
  pipeline(options?: Partial<ScanHostPipelineOptions>): ScanHostPipeline;
  /** Registers a simulated host, or a real one; `address` replaces its own. */
  register(
    actor: Actor,
    host: Pick<SimulatedHost, 'url' | 'tls'>,
    given?: Partial<{ name: string; address: string }>,
  ): Promise<Host>;
  /** Events of a tenant in their order. */
  events(tenantId: string): Promise<Pick<ClaimedOutboxMessage, 'type' | 'payload'>[]>;
  close(): Promise<void>;
}

export const openWorld = async (db: TestDatabase, masterKey = generateMasterKey()): Promise<World> => {
  const { database } = db;
  const vault = new Vault(MasterKeyring.parse(masterKey));
  const hosts = new HostsService({ database, vault, policy: openPolicy });
  const notifications = await Notifications.open({
    url: db.appUrl,
    channels: [OUTBOX_CHANNEL, SCAN_EVENTS_CHANNEL, SCAN_CANCELLATIONS_CHANNEL],
  });
  const log = createLogger({ level: 'silent', service: 'test' });
  return {
    database,
    vault,
    hosts,
    scans: new ScansService({ database }),
    notifications,
    pipeline: (options = {}) =>
      new ScanHostPipeline({ database, vault, policy: openPolicy, log, notifications, ...options }),
    register: (actor, host, given = {}) =>
      hosts.create(
        actor,
        CreateHost.parse({ name: given.name ?? 'sample', address: given.address ?? host.url, credential: host.tls }),
      ),
    events: (tenantId) =>
      database.forTenant(tenantId, (tx) =>
        tx.outboxMessage.findMany({
          where: { tenantId },
          orderBy: { sequence: 'asc' },
          select: { type: true, payload: true },
        }),
      ),
    close: () => notifications.close(),
  };
};

import { AuditWriter } from '@plimsoll/audit';
import type { Actor, ConnectionTest, TestConnection } from '@plimsoll/contracts';
import {
  type ConnectionReport,
  EngineError,
  type EngineTarget,
  type ResolveName,
  type TlsMaterial,
  explainEngineError,
  testConnection,
} from '@plimsoll/docker-engine';
import type { Database } from '@plimsoll/persistence';
import type { Vault } from '@plimsoll/vault';
import type { z } from 'zod';
import { HostCredentials, acceptCredential } from './host-credentials.ts';
import { type HostPolicy, engineTargetOf } from './host-policy.ts';
import { findHost } from './hosts.service.ts';
import { saveReachability } from './reachability.ts';

export interface HostConnectionsOptions {
  readonly database: Database;
  readonly vault: Vault;
  readonly policy: HostPolicy;
  readonly resolveName?: ResolveName;
  readonly now?: () => Date;
}

/** Tries whether a host can be reached, and says exactly what is wrong where it can not. */
export class HostConnectionsService {
  readonly #options: HostConnectionsOptions;
  readonly #credentials: HostCredentials;
  readonly #audit = new AuditWriter();
  readonly #now: () => Date;

  constructor(options: HostConnectionsOptions) {
    this.#options = options;
    this.#credentials = new HostCredentials(options.vault);
    this.#now = options.now ?? (() => new Date());
  }

  /**
   * Tests a connection before anything is saved. Audited, since it makes this installation connect somewhere.
   * @throws CredentialRejected
   */
  async testUnsaved(
    actor: Actor,
    input: z.output<typeof TestConnection>,
    signal?: AbortSignal,
  ): Promise<ConnectionTest> {
    const tls = input.credential === undefined ? undefined : acceptCredential(input.credential, this.#now()).material;
    const test = await this.#test(input.address, tls, signal);
    await this.#options.database.forTenant(actor.tenantId, (tx) =>
      this.#audit.record(tx, actor, {
        action: 'connection.tested',
        subject: { kind: 'address', name: input.address },
        outcome: test.ok ? 'success' : 'failure',
        details: { reason: test.reason },
      }),
    );
    return test;
  }

  /**
   * Tests the connection to a saved host, and keeps the outcome with it.
   * @throws NotFound
   */
  async testSaved(actor: Actor, hostId: string, signal?: AbortSignal): Promise<ConnectionTest> {
    const { tenantId } = actor;
    const { database } = this.#options;
    const { host, tls } = await database.forTenant(tenantId, async (tx) => ({
      host: await findHost(tx, tenantId, hostId),
      tls: await this.#credentials.open(tx, tenantId, hostId),
    }));
    const test = await this.#test(host.address, tls, signal);
    const at = new Date(test.testedAt);
    await database.forTenant(tenantId, async (tx) => {
      // The host may have been deleted while it was tested: then there is nothing to keep.
      const { count } = await tx.host.updateMany({
        where: { tenantId, id: hostId },
        data: {
          engineName: test.engine?.name ?? host.engineName,
          engineVersion: test.engine?.version ?? host.engineVersion,
          apiVersion: test.engine?.apiVersion ?? host.apiVersion,
          operatingSystem: test.engine?.operatingSystem ?? host.operatingSystem,
        },
      });
      if (count === 0) return;
      await saveReachability(tx, tenantId, hostId, reportOf(test), at);
      await this.#audit.record(tx, actor, {
        action: 'host.connection-tested',
        subject: { kind: 'host', id: hostId, name: host.name },
        outcome: test.ok ? 'success' : 'failure',
        details: { reason: test.reason },
      });
    });
    return test;
  }

  async #test(address: string, tls: TlsMaterial | undefined, signal: AbortSignal | undefined): Promise<ConnectionTest> {
    const testedAt = this.#now().toISOString();
    let target: EngineTarget;
    try {
      target = engineTargetOf(address, tls, this.#options.policy, this.#options.resolveName);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      return { ok: false, reason: error.reason, ...explainEngineError(error), engine: null, durationMs: 0, testedAt };
    }
    const report = await testConnection(target, { now: () => this.#now().getTime(), signal });
    return { ...testOf(report), durationMs: report.durationMs, testedAt };
  }
}

const testOf = (report: ConnectionReport): Omit<ConnectionTest, 'durationMs' | 'testedAt'> =>
  report.ok
    ? {
        ok: true,
        reason: null,
        title: 'The host answers',
        detail: `Docker Engine ${report.engine.version ?? 'of unknown version'} answers with API ${report.apiVersion}.`,
        nextStep: null,
        engine: {
          version: report.engine.version ?? null,
          apiVersion: report.apiVersion,
          operatingSystem: report.engine.operatingSystem ?? null,
          name: report.engine.name ?? null,
        },
      }
    : {
        ok: false,
        reason: report.reason,
        title: report.title,
        detail: report.detail,
        nextStep: report.nextStep,
        engine: null,
      };

const reportOf = ({ ok, reason, detail, nextStep }: ConnectionTest) =>
  ok ? { ok } : { ok, reason: reason ?? 'unknown', detail, nextStep: nextStep ?? '' };

import { Injectable } from '@nestjs/common';
import { Database, Prisma } from '@plimsoll/persistence';
import { Vault } from '@plimsoll/vault';
import { z } from 'zod';

/** Whose key it is: keys of different tenants, users and API keys never meet. */
export interface KeyScope {
  readonly tenantId: string;
  readonly actorId: string;
  readonly key: string;
}

export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export type Claim =
  | { readonly state: 'claimed' }
  | { readonly state: 'running' }
  | { readonly state: 'reused' }
  | { readonly state: 'answered'; readonly answer: StoredAnswer };

export interface ClaimRequest {
  /** The operation's id, for whoever reads the table. */
  readonly operation: string;
  /** Method, path and body, to tell a repetition from another request. May hold a password, so it is not stored. */
  readonly request: string;
}

const keepMs = 24 * 60 * 60_000;
/**
 * How long a claim without an answer holds. A process that dies after the change and before its answer is stored leaves
 * one behind; the client may repeat the request after this time, and should look first whether it was done.
 */
const claimMs = 2 * 60_000;

const Headers = z.record(z.string(), z.string());
const SealedBody = z.strictObject({ sealed: z.base64() });

/** Keeps the answers to POSTs that carry an `Idempotency-Key`, in the tenant's own rows. */
@Injectable()
export class IdempotencyStore {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
  ) {}

  /** Takes the key for this request, or says what it already stands for. */
  async claim(scope: KeyScope, { operation, request }: ClaimRequest, isSecret: boolean): Promise<Claim> {
    // With the scope, so that the table does not show who sent the same, e.g. the same password.
    const text = `${scope.tenantId}/${scope.actorId}/${scope.key}\n${request}`;
    const requestHash = this.vault.fingerprint('idempotent-request', text);
    return this.database.forTenant(scope.tenantId, async (tx) => {
      const now = new Date();
      const expiresAt = new Date(now.getTime() + claimMs);
      // One statement, so that of two requests at once exactly one gets the row.
      const claimed = await tx.$executeRaw`
        INSERT INTO idempotency_keys (tenant_id, actor_id, key, operation, request_hash, created_at, expires_at)
        VALUES (${scope.tenantId}::uuid, ${scope.actorId}::uuid, ${scope.key}, ${operation}, ${requestHash}, ${now}, ${expiresAt})
        ON CONFLICT (tenant_id, actor_id, key) DO UPDATE SET
          operation = EXCLUDED.operation, request_hash = EXCLUDED.request_hash, created_at = EXCLUDED.created_at,
          expires_at = EXCLUDED.expires_at, response_status = NULL, response_headers = NULL, response_body = NULL
        WHERE idempotency_keys.expires_at <= ${now}`;
      if (claimed === 1) return { state: 'claimed' };
      const row = await tx.idempotencyKey.findUnique({ where: { tenantId_actorId_key: scope } });
      if (row === null) return { state: 'running' };
      if (!this.vault.isFingerprintOf('idempotent-request', text, row.requestHash)) return { state: 'reused' };
      if (row.responseStatus === null) return { state: 'running' };
      const body = isSecret ? await this.#open(tx, scope, row.responseBody) : row.responseBody;
      const headers = Headers.parse(row.responseHeaders ?? {});
      return { state: 'answered', answer: { status: row.responseStatus, headers, body } };
    });
  }

  /** Keeps the answer for 24 hours; one that shows a secret is sealed under the tenant's key. */
  async keep(scope: KeyScope, { status, headers, body }: StoredAnswer, isSecret: boolean): Promise<void> {
    await this.database.forTenant(scope.tenantId, async (tx) => {
      const responseBody = isSecret ? await this.#seal(tx, scope, body) : jsonOf(body);
      await tx.idempotencyKey.updateMany({
        where: scope,
        data: {
          responseStatus: status,
          responseHeaders: { ...headers },
          responseBody,
          expiresAt: new Date(Date.now() + keepMs),
        },
      });
    });
  }

  /** Gives the key back after a request that changed nothing. */
  async release(scope: KeyScope): Promise<void> {
    await this.database.forTenant(scope.tenantId, async (tx) => {
      await tx.idempotencyKey.deleteMany({ where: { ...scope, responseStatus: null } });
    });
  }

  async #seal(tx: Prisma.TransactionClient, scope: KeyScope, body: unknown): Promise<Prisma.InputJsonObject> {
    const sealed = await this.vault.seal(tx, scope.tenantId, secretContext(scope), JSON.stringify(body));
    return { sealed: Buffer.from(sealed).toString('base64') };
  }

  async #open(tx: Prisma.TransactionClient, scope: KeyScope, stored: unknown): Promise<unknown> {
    const { sealed } = SealedBody.parse(stored);
    const opened = await this.vault.open(tx, scope.tenantId, secretContext(scope), Buffer.from(sealed, 'base64'));
    return JSON.parse(Buffer.from(opened).toString('utf8'));
  }
}

const secretContext = ({ actorId, key }: KeyScope) =>
  ({ purpose: 'idempotent-answer', subjectId: `${actorId}/${key}` }) as const;

/** An answer without a body is stored as SQL NULL. */
const jsonOf = (body: unknown): Prisma.InputJsonValue | typeof Prisma.DbNull =>
  body === undefined || body === null ? Prisma.DbNull : (z.json().parse(body) ?? Prisma.DbNull);

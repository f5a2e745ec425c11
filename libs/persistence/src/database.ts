import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { createConnectionPool } from './connection-pool.ts';
import { PrismaClient } from './generated/client.ts';
import type { Prisma } from './generated/client.ts';
import { isConflict, translateDatabaseError } from './database-error.ts';
import { Notifications } from './notifications.ts';
import type { NotificationsOptions } from './notifications.ts';
import { Platform } from './platform.ts';
import { TenantRead } from './tenant-read.ts';
import type { ReadValue } from './tenant-read.ts';

/** Prisma's client inside a transaction that names a tenant or a user; lives as long as the transaction. */
export type Transaction = Prisma.TransactionClient;

export interface DatabaseOptions {
  /** The application's connection string, never the owner's. */
  readonly url: string;
  /** Connections at most; default 10. */
  readonly poolSize?: number;
  /** How long to wait for a free connection; default 5,000. */
  readonly acquireTimeoutMs?: number;
  /** How long one transaction may take; default 15,000. */
  readonly transactionTimeoutMs?: number;
  /** How long one statement may take; default 30,000. */
  readonly statementTimeoutMs?: number;
}

export interface TransactionOptions {
  /** Also lets this user's own account be read and written, e.g. while a member is added. */
  readonly userId?: string;
  /** How often the whole work is tried again after a deadlock or a serialization failure; default 0. */
  readonly retries?: number;
  readonly isolationLevel?: Prisma.TransactionIsolationLevel;
  readonly timeoutMs?: number;
}

/** The one door to the rows of tenants. */
export class Database {
  /** What must be done before a tenant is known, or for all at once. */
  readonly platform: Platform;
  private readonly prisma: PrismaClient;
  private readonly pool: pg.Pool;
  private readonly url: string;
  private readonly timing: { readonly maxWait: number; readonly timeout: number };

  constructor(options: DatabaseOptions) {
    this.url = options.url;
    this.pool = createConnectionPool({
      connectionString: options.url,
      max: options.poolSize ?? 10,
      connectionTimeoutMillis: options.acquireTimeoutMs ?? 5_000,
      statement_timeout: options.statementTimeoutMs ?? 30_000,
      idle_in_transaction_session_timeout: 60_000,
      keepAlive: true,
      application_name: 'plimsoll',
    });
    const timeout = options.transactionTimeoutMs ?? 15_000;
    this.timing = { maxWait: options.acquireTimeoutMs ?? 5_000, timeout };
    this.prisma = new PrismaClient({ adapter: new PrismaPg(this.pool, { disposeExternalPool: true }) });
    this.platform = new Platform({
      $queryRaw: <T>(query: TemplateStringsArray, ...values: unknown[]) =>
        this.prisma.$queryRaw<T>(query, ...values).catch(rethrowTranslated),
      $executeRaw: (query, ...values) => this.prisma.$executeRaw(query, ...values).catch(rethrowTranslated),
    });
  }

  /**
   * Does the work in one transaction that sees and writes the rows of this tenant only.
   * @throws what the work throws, after the transaction was rolled back; ServiceUnavailable when the database is away
   */
  forTenant<T>(tenantId: string, work: (tx: Transaction) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    return this.transact(tenantId, options.userId ?? '', work, options);
  }

  /**
   * Reads rows of this tenant by one query in one round trip: for what is asked often. Nothing can be written by it.
   * @returns rows as `pg` parses them, with the names that the query gives its columns
   * @throws ServiceUnavailable when the database is away; the errors of `pg`
   */
  async readForTenant<Row extends object>(tenantId: string, query: Prisma.Sql): Promise<Row[]> {
    const read = new TenantRead(tenantId, query.text, query.values.map(readValue));
    try {
      const client = await this.pool.connect();
      client.query(read);
      // A connection that a query has failed on is not trusted with the next.
      const rows = await read.rows.catch((error: unknown) => {
        client.release(true);
        throw error;
      });
      client.release();
      // The shape is what the query names, as in Prisma's own `$queryRaw`.
      return rows as Row[];
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }

  /** Does the work in one transaction that sees this user's own account, memberships and tenants, and no tenant's rows. */
  forUser<T>(userId: string, work: (tx: Transaction) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    return this.transact('', userId, work, options);
  }

  /** Does the work in a transaction that names no tenant: for the functions of `Platform` and for tables without one. */
  transaction<T>(work: (tx: Transaction) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    return this.transact('', options.userId ?? '', work, options);
  }

  /** Listens on channels of the same database, over a connection of its own: close it before the database. */
  openNotifications(options: Omit<NotificationsOptions, 'url'>): Promise<Notifications> {
    return Notifications.open({ ...options, url: this.url });
  }

  /** Asks the server for a sign of life. @throws ServiceUnavailable */
  async ping(): Promise<void> {
    await this.pool.query('SELECT 1').catch(rethrowTranslated);
  }

  async close(): Promise<void> {
    await this.prisma.$disconnect();
    if (!this.pool.ended) await this.pool.end();
  }

  private async transact<T>(
    tenantId: string,
    userId: string,
    work: (tx: Transaction) => Promise<T>,
    options: TransactionOptions,
  ): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.prisma.$transaction(
          async (tx) => {
            // Local to the transaction: the next one on this connection starts with nothing.
            await tx.$executeRaw`SELECT set_config('app.tenant_id', ${tenantId}, true), set_config('app.user_id', ${userId}, true)`;
            return work(tx);
          },
          {
            maxWait: this.timing.maxWait,
            timeout: options.timeoutMs ?? this.timing.timeout,
            ...(options.isolationLevel === undefined ? {} : { isolationLevel: options.isolationLevel }),
          },
        );
      } catch (error) {
        if (attempt >= (options.retries ?? 0) || !isConflict(error)) throw translateDatabaseError(error);
      }
    }
  }
}

/** Prisma's template takes anything; what goes out is what PostgreSQL has a text for. */
function readValue(value: unknown): ReadValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return value;
  }
  if (value instanceof Date) return value;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string' || typeof item === 'number')) return value;
  throw new TypeError('A query was given a value that it can not send');
}

/** Opens a pool of connections; none is made before it is needed. */
export function createDatabase(options: DatabaseOptions): Database {
  return new Database(options);
}

function rethrowTranslated(error: unknown): never {
  throw translateDatabaseError(error);
}

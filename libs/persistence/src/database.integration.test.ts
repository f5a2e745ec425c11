import { ServiceUnavailable } from '@plimsoll/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase } from './database.ts';
import { isUniqueViolation } from './database-error.ts';
import { aHost, aTenant, createTestDatabase } from './testing/index.ts';
import type { TestDatabase } from './testing/index.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

const aThrottle = (key: string) => ({ key, windowStartedAt: new Date(0), expiresAt: new Date(0) });

describe('a transaction', () => {
  test('whose work throws keeps nothing and throws the same', async () => {
    const failure = new Error('changed my mind');
    const attempt = db.database.transaction(async (tx) => {
      await tx.loginThrottle.create({ data: aThrottle('kept?') });
      throw failure;
    });
    await expect(attempt).rejects.toBe(failure);
    expect(await db.database.transaction((tx) => tx.loginThrottle.count({ where: { key: 'kept?' } }))).toBe(0);
  });

  test.for([
    ['is tried again as often as was allowed', 2, 3],
    ['is not tried again unasked', 0, 1],
  ] as const)('that lost against another one %s', async ([, retries, expected]) => {
    let attempts = 0;
    const attempt = db.database.transaction(
      async (tx) => {
        attempts += 1;
        await tx.$executeRaw`DO $$ BEGIN RAISE EXCEPTION 'lost' USING ERRCODE = '40001'; END $$`;
      },
      { retries },
    );
    await expect(attempt).rejects.toThrow(/lost/);
    expect(attempts).toBe(expected);
  });

  test('that lost once succeeds when it is tried again', async () => {
    const { id: tenantId } = await aTenant(db.database);
    const first = await aHost(db.database, { tenantId });
    const second = await aHost(db.database, { tenantId });
    const bothWait = Promise.withResolvers<void>();
    let waiting = 0;
    const rename = (order: readonly string[]): Promise<number> => {
      let attempts = 0;
      return db.database.forTenant(
        tenantId,
        async (tx) => {
          attempts += 1;
          for (const id of order) {
            await tx.host.update({ where: { id }, data: { version: { increment: 1 } } });
            waiting += 1;
            if (waiting === 2) bothWait.resolve();
            await bothWait.promise;
          }
          return attempts;
        },
        { retries: 3 },
      );
    };
    // Each holds what the other wants: PostgreSQL ends one of them.
    const attempts = await Promise.all([rename([first.id, second.id]), rename([second.id, first.id])]);
    expect(new Set(attempts)).toEqual(new Set([1, 2]));
    const versions = await db.database.forTenant(tenantId, (tx) => tx.host.findMany({ select: { version: true } }));
    expect(versions).toEqual([{ version: 3 }, { version: 3 }]);
  });

  test('tells which unique index refused a row', async () => {
    await db.database.transaction((tx) => tx.loginThrottle.create({ data: aThrottle('twice') }));
    const error: unknown = await db.database
      .transaction((tx) => tx.loginThrottle.create({ data: aThrottle('twice') }))
      .catch((caught: unknown) => caught);
    expect(isUniqueViolation(error)).toBe(true);
    expect(isUniqueViolation(error, 'login_throttles_pkey')).toBe(true);
    expect(isUniqueViolation(error, 'hosts_tenant_id_name_key')).toBe(false);
    expect(isUniqueViolation(new Error('else'))).toBe(false);
  });
});

describe('a database that is away', () => {
  test.for(['in a transaction', 'in a platform function', 'at a ping'] as const)(
    'is told as such %s',
    async (where) => {
      const gone = createDatabase({ url: 'postgresql://app:secret@127.0.0.1:1/plimsoll' });
      const attempts = {
        'in a transaction': () => gone.transaction((tx) => tx.installation.count()),
        'in a platform function': () => gone.platform.anyTenantExists(),
        'at a ping': () => gone.ping(),
      };
      await expect(attempts[where]()).rejects.toBeInstanceOf(ServiceUnavailable);
      await gone.close();
    },
  );

  test.for(['while it works', 'before it commits'] as const)(
    'is told as such when the connection is cut %s, and the next transaction works',
    async (when) => {
      const attempt = db.database.transaction(async (tx) => {
        const rows = await tx.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
        await db.asOwner('SELECT pg_terminate_backend($1, 5000)', [rows[0]?.pid]);
        if (when === 'while it works') await tx.installation.count();
      });
      await expect(attempt).rejects.toBeInstanceOf(ServiceUnavailable);
      expect(await db.database.transaction((tx) => tx.installation.count())).toBe(1);
    },
  );

  test('is told as such when no connection is free in time', async () => {
    const narrow = createDatabase({ url: db.appUrl, poolSize: 1, acquireTimeoutMs: 50 });
    await narrow.transaction(async () => {
      await expect(narrow.transaction((tx) => tx.installation.count())).rejects.toBeInstanceOf(ServiceUnavailable);
    });
    await narrow.close();
  });
});

test('an idle connection that is cut does not end the process', async () => {
  const idle = createDatabase({ url: db.appUrl });
  await idle.ping();
  await db.asOwner(`
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'plimsoll'`);
  await idle.close();
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { aHost, aTenant, createTestDatabase } from './testing/index.ts';
import type { TestDatabase } from './testing/index.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

test('a tenant sees its own hosts and no other', async () => {
  const [ours, theirs] = [await aTenant(db.database), await aTenant(db.database)];
  const host = await aHost(db.database, { tenantId: ours.id });
  await aHost(db.database, { tenantId: theirs.id });
  expect(await db.database.forTenant(ours.id, (tx) => tx.host.findMany({ select: { id: true } }))).toEqual([
    { id: host.id },
  ]);
});

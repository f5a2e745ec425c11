import { aHost, createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anActor } from '../testing/world.ts';
import { OverviewService } from './overview.service.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

const now = new Date('2026-11-24T12:00:00.000Z');

test('an empty fleet has a trend without scores', async () => {
  const actor = await anActor(db.database);
  const overview = await new OverviewService({ database: db.database, now: () => now }).read(actor);
  expect(overview).toMatchObject({ hosts: { total: 0 }, score: null, worstHosts: [], topChecks: [], runningScans: 0 });
  expect(overview.trend.map(({ day }) => day)).toEqual(overview.trend.map(({ day }) => day).toSorted());
  expect(overview.trend.at(-1)).toEqual({ day: '2026-11-24', score: null, opened: 0, fixed: 0 });
});

test('the trend carries every host from its last scan on, also from before its first day', async () => {
  const actor = await anActor(db.database);
  const { tenantId } = actor;
  const [old, young] = [await aHost(db.database, { tenantId }), await aHost(db.database, { tenantId })];
  await db.database.forTenant(tenantId, (tx) =>
    tx.hostDay.createMany({
      data: [
        { tenantId, hostId: old.id, day: new Date('2026-01-01'), score: 10, opened: 50, fixed: 50 },
        { tenantId, hostId: old.id, day: new Date('2026-10-01'), score: 20, opened: 50, fixed: 50 },
        { tenantId, hostId: old.id, day: new Date('2026-11-23'), score: 40, opened: 1, fixed: 2 },
        { tenantId, hostId: young.id, day: new Date('2026-11-22'), score: 100, opened: 3, fixed: 0 },
        { tenantId, hostId: young.id, day: new Date('2026-11-23'), score: 90, opened: 4, fixed: 5 },
      ],
    }),
  );
  const { trend } = await new OverviewService({ database: db.database, now: () => now }).read(actor);
  expect(trend).toHaveLength(30);
  expect(trend[0]).toEqual({ day: '2026-10-26', score: 20, opened: 0, fixed: 0 });
  expect(trend.slice(-3)).toEqual([
    { day: '2026-11-22', score: 60, opened: 3, fixed: 0 },
    { day: '2026-11-23', score: 65, opened: 5, fixed: 7 },
    { day: '2026-11-24', score: 65, opened: 0, fixed: 0 },
  ]);
});

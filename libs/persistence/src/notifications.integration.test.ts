import { afterAll, beforeAll, expect, test } from 'vitest';
import { Notifications } from './notifications.ts';
import { createTestDatabase } from './testing/index.ts';
import type { TestDatabase } from './testing/index.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

const next = (notifications: Notifications, channel: string): Promise<string | null> => {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const stop = notifications.listen(channel, (payload) => {
    stop();
    resolve(payload);
  });
  return promise;
};

test('a listener hears its own channel', async () => {
  const notifications = await Notifications.open({ url: db.appUrl, channels: ['one', 'two'] });
  const heard = next(notifications, 'two');
  await db.asOwner(`SELECT pg_notify('one', 'wrong'), pg_notify('two', 'right')`);
  expect(await heard).toBe('right');
  await notifications.close();
});

test('a listener whose connection was cut is told to look, and hears again', async () => {
  const errors: Error[] = [];
  const notifications = await Notifications.open({
    url: db.appUrl,
    channels: ['one'],
    reconnectMs: 1,
    onError: (error) => errors.push(error),
  });
  const missed = next(notifications, 'one');
  await db.asOwner(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name = 'plimsoll notifications' AND datname = current_database()`,
  );
  expect(await missed).toBeNull();
  const heard = next(notifications, 'one');
  await db.asOwner(`SELECT pg_notify('one', 'again')`);
  expect(await heard).toBe('again');
  expect(errors.length).toBeGreaterThan(0);
  await notifications.close();
});

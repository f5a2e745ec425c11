import { createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { LoginThrottle } from './login-throttle.ts';

let db: TestDatabase;
let now: Date;
let throttle: LoginThrottle;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  now = new Date('2026-11-24T12:00:00Z');
  throttle = new LoginThrottle(db.database, () => now);
  await db.asOwner('DELETE FROM login_throttles');
});

const home = '192.0.2.1';
const elsewhere = '198.51.100.9';
const later = (seconds: number): void => {
  now = new Date(now.getTime() + seconds * 1_000);
};
const fail = async (times: number, email = 'ada@example.com', address = home): Promise<void> => {
  for (let count = 0; count < times; count += 1) await throttle.admit(email, address);
};
const succeed = async (email = 'ada@example.com', address = home): Promise<void> => {
  const attempt = await throttle.admit(email, address);
  await db.database.transaction((tx) => attempt.succeeded(tx));
};
const throttledFor = (retryAfterSeconds: number) => ({
  slug: 'login-throttled',
  extra: { retryAfterSeconds },
  headers: { 'Retry-After': String(retryAfterSeconds) },
});

test('the wait grows with every failure of an account, and says how long', async () => {
  await fail(5);
  for (const seconds of [1, 2, 4, 8]) {
    await expect(throttle.admit('ada@example.com', home)).rejects.toMatchObject(throttledFor(seconds));
    later(seconds);
    await fail(1);
  }
});

test('attempts while waiting do not prolong the wait', async () => {
  await fail(5);
  for (let count = 0; count < 20; count += 1) {
    await expect(fail(1)).rejects.toMatchObject({ slug: 'login-throttled' });
  }
  later(1);
  await fail(1);
});

test('nobody waits longer than a quarter of an hour', async () => {
  await fail(5);
  for (let count = 0; count < 15; count += 1) {
    later(900);
    await fail(1);
  }
  await expect(fail(1)).rejects.toMatchObject(throttledFor(900));
});

test('an account is slowed down wherever the attempts come from', async () => {
  for (let count = 0; count < 5; count += 1) await fail(1, 'ada@example.com', `203.0.113.${count}`);
  await expect(fail(1, 'ada@example.com', elsewhere)).rejects.toMatchObject({ slug: 'login-throttled' });
  await fail(1, 'grace@example.com', elsewhere);
});

test('an address is slowed down whatever accounts it tries', async () => {
  for (let count = 0; count < 20; count += 1) await fail(1, `user-${count}@example.com`);
  await expect(fail(1, 'another@example.com')).rejects.toMatchObject(throttledFor(1));
  await fail(1, 'another@example.com', elsewhere);
});

test('a success forgets the failures of the account', async () => {
  await fail(4);
  await succeed();
  await fail(4);
  await succeed();
});

test('a success with an account of one’s own does not clear what the address failed elsewhere', async () => {
  for (let count = 0; count < 19; count += 1) await fail(1, `user-${count}@example.com`);
  await succeed('mallory@example.com');
  await fail(1, 'another@example.com');
  await expect(fail(1, 'one-more@example.com')).rejects.toMatchObject({ slug: 'login-throttled' });
});

test('strangers who fail elsewhere do not shut out the owner at a known address', async () => {
  await succeed();
  await fail(5, 'ada@example.com', elsewhere);
  await expect(fail(1, 'ada@example.com', elsewhere)).rejects.toMatchObject({ slug: 'login-throttled' });
  await succeed();
});

test('a known address is slowed down as well when it fails', async () => {
  await succeed();
  await fail(5);
  await expect(fail(1)).rejects.toMatchObject({ slug: 'login-throttled' });
});

test('after a quiet day all is forgotten', async () => {
  await fail(5);
  later(86_401);
  await fail(4);
  await succeed();
});

test('many attempts at once do not slip through together', async () => {
  const results = await Promise.allSettled(Array.from({ length: 12 }, () => throttle.admit('ada@example.com', home)));
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(5);
});

test('the table tells neither accounts nor addresses', async () => {
  await fail(1);
  const text = JSON.stringify(await db.asOwner('SELECT * FROM login_throttles'));
  expect(text).not.toMatch(/ada|192\.0/);
});

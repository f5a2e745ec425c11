import { createHash } from 'node:crypto';
import { LoginThrottled } from '@plimsoll/contracts';
import type { Problem } from '@plimsoll/contracts';
import type { Database, Transaction } from '@plimsoll/persistence';
import type { Clock } from '../clock.ts';
import { addressGroupOf } from './address-group.ts';
import { accountPolicy, addressPolicy, delaySeconds } from './delay.ts';
import type { DelayPolicy } from './delay.ts';

/** How long an address from which an account has signed in is known to belong to it. */
const knownForSeconds = 30 * 86_400;

/** An attempt that was let through: tell it how it went. */
export interface Attempt {
  /** Forgets the failures of the account at this address; call it in the transaction of what succeeded. */
  succeeded(tx: Transaction): Promise<void>;
}

interface Counter {
  readonly key: string;
  readonly policy: DelayPolicy;
}

interface Row {
  readonly key: string;
  readonly failures: number;
  readonly blockedUntil: Date | null;
  readonly expiresAt: Date;
}

/**
 * Slows down guessing, by account and by address, with counters that all processes share. Nobody is locked out for ever:
 * the wait has an upper bound, attempts while waiting do not prolong it, and an address from which the account has signed
 * in before has a counter of its own, so that strangers who fail elsewhere do not shut its owner out.
 */
export class LoginThrottle {
  readonly #database: Database;
  readonly #now: Clock;

  constructor(database: Database, now: Clock) {
    this.#database = database;
    this.#now = now;
  }

  /**
   * Counts an attempt as failed before it is made, so that many at once can't all slip through.
   * @throws LoginThrottled with `Retry-After` while the account or the address has to wait
   */
  async admit(email: string, address: string): Promise<Attempt> {
    const keys = keysOf(email, address);
    const waitSeconds = await this.#database.transaction(async (tx) => {
      const known = await tx.loginThrottle.findUnique({ where: { key: keys.known } });
      const account = known !== null && known.expiresAt > this.#now() ? keys.known : keys.account;
      return this.#count(tx, [
        { key: account, policy: accountPolicy },
        { key: keys.address, policy: addressPolicy },
      ]);
    });
    if (waitSeconds > 0) throw throttled(waitSeconds);
    return { succeeded: (tx) => this.#forget(tx, keys, email) };
  }

  /** Returns the seconds to wait; 0 when the attempt was counted. */
  async #count(tx: Transaction, counters: readonly Counter[]): Promise<number> {
    const now = this.#now();
    const rows = await lockRows(
      tx,
      counters.map(({ key }) => key),
      now,
    );
    const blockedUntil = Math.max(...rows.map((row) => row.blockedUntil?.getTime() ?? 0));
    if (blockedUntil > now.getTime()) return Math.ceil((blockedUntil - now.getTime()) / 1_000);
    for (const { key, policy } of counters) {
      const row = rows.find((candidate) => candidate.key === key);
      const counted = row !== undefined && row.expiresAt > now ? row : { failures: 0, expiresAt: now };
      const failures = counted.failures + 1;
      const expiresAt = secondsAfter(now, policy.forgetAfterSeconds);
      await tx.loginThrottle.update({
        where: { key },
        data: {
          failures,
          blockedUntil: secondsAfter(now, delaySeconds(failures, policy)),
          // A known address stays known for its own, longer time.
          expiresAt: counted.expiresAt > expiresAt ? counted.expiresAt : expiresAt,
          ...(failures === 1 ? { windowStartedAt: now } : {}),
        },
        select: { key: true },
      });
    }
    return 0;
  }

  async #forget(tx: Transaction, keys: Keys, email: string): Promise<void> {
    const now = this.#now();
    await forgetAccountFailures(tx, email);
    // One success of an address takes back its own attempt only: else an attacker's own account would clear the rest.
    await tx.$executeRaw`
      UPDATE login_throttles SET failures = greatest(failures - 1, 0), blocked_until = NULL WHERE key = ${keys.address}`;
    const remembered = { failures: 0, blockedUntil: null, expiresAt: secondsAfter(now, knownForSeconds) };
    await tx.loginThrottle.upsert({
      where: { key: keys.known },
      create: { key: keys.known, windowStartedAt: now, ...remembered },
      update: remembered,
      select: { key: true },
    });
  }
}

/** Lets an account be tried again at once, from wherever. */
export const forgetAccountFailures = async (tx: Transaction, email: string): Promise<void> => {
  await tx.loginThrottle.deleteMany({ where: { key: keyOf('account', email) } });
};

interface Keys {
  readonly account: string;
  readonly address: string;
  readonly known: string;
}

const keysOf = (email: string, address: string): Keys => {
  const group = addressGroupOf(address);
  return { account: keyOf('account', email), address: keyOf('address', group), known: keyOf('known', email, group) };
};

/** Makes the rows that are missing and locks all, always in the same order, so that two logins can't wait for each other. */
const lockRows = async (tx: Transaction, keys: readonly string[], now: Date): Promise<Row[]> => {
  const sorted = keys.toSorted();
  await tx.loginThrottle.createMany({
    data: sorted.map((key) => ({ key, windowStartedAt: now, expiresAt: now })),
    skipDuplicates: true,
  });
  return tx.$queryRaw<Row[]>`
    SELECT key, failures, blocked_until AS "blockedUntil", expires_at AS "expiresAt"
    FROM login_throttles WHERE key = ANY (${sorted}) ORDER BY key FOR UPDATE`;
};

const throttled = (retryAfterSeconds: number): Problem =>
  new LoginThrottled(
    { retryAfterSeconds },
    {
      detail: `Too many failed logins; try again in ${retryAfterSeconds} s.`,
      headers: { 'Retry-After': String(retryAfterSeconds) },
    },
  );

const secondsAfter = (time: Date, seconds: number): Date => new Date(time.getTime() + seconds * 1_000);

/** A reader of the table learns neither who tries to sign in nor from where. */
const keyOf = (kind: 'account' | 'address' | 'known', ...parts: readonly string[]): string =>
  `${kind}:${createHash('sha256').update(JSON.stringify(parts)).digest('base64url')}`;

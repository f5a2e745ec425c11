import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';

export interface NewKey {
  /** The whole key, shown once. */
  readonly key: string;
  /** The public part that finds it. */
  readonly prefix: string;
}

/** `plim_<8 letters or digits>_<32 random bytes in hexadecimal>`: selects with a double click, and scanners know it. */
export const newKey = (): NewKey => {
  const prefix = `plim_${Array.from({ length: 8 }, () => letters[randomInt(letters.length)]).join('')}`;
  return { prefix, key: `${prefix}_${randomBytes(32).toString('hex')}` };
};

/** The public part of a key; null for text that is none. */
export const prefixOf = (key: string): string | null => /^(plim_[a-z0-9]{8})_[0-9a-f]{64}$/.exec(key)?.[1] ?? null;

/** Whether text is meant to be a key, right or wrong. */
export const looksLikeKey = (text: string): boolean => text.startsWith('plim_');

/** What is stored of a key. It is random enough that a plain hash can not be searched. */
export const hashKey = (key: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(createHash('sha256').update(key, 'utf8').digest());

export const isSameHash = (left: Uint8Array, right: Uint8Array): boolean =>
  left.byteLength === right.byteLength && timingSafeEqual(left, right);

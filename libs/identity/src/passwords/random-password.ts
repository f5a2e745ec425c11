import { randomInt } from 'node:crypto';

/** No letter or digit that is easily taken for another; no vowels, so no words. */
const alphabet = 'bcdfghjkmnpqrstvwxz23456789';

/** A password that can be read aloud and typed: five groups of four, 95 bits. */
export const randomPassword = (): string =>
  Array.from({ length: 5 }, () => Array.from({ length: 4 }, () => alphabet[randomInt(alphabet.length)]).join('')).join(
    '-',
  );

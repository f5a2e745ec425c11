import { hash } from '@node-rs/argon2';
import { describe, expect, test } from 'vitest';
import { hashPassword, needsRehash, verifyPassword } from './password-hasher.ts';
import { randomPassword } from './random-password.ts';

describe('a password', () => {
  test('is hashed with argon2id and the parameters of the OWASP cheat sheet', async () => {
    expect(await hashPassword('correct horse')).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  test('is recognised, and no other is', async () => {
    const stored = await hashPassword('correct horse');
    expect(await verifyPassword(stored, 'correct horse')).toBe(true);
    expect(await verifyPassword(stored, 'Correct horse')).toBe(false);
  });

  test('of nobody is never right, not even the decoy’s own', async () => {
    expect(await verifyPassword(null, 'the password of nobody')).toBe(false);
  });

  test('hashed with weaker parameters is to be hashed again', async () => {
    const weak = await hash('correct horse', { memoryCost: 8_192, timeCost: 1, parallelism: 1 });
    expect(needsRehash(weak)).toBe(true);
    expect(needsRehash(await hashPassword('correct horse'))).toBe(false);
  });
});

test('a random password is readable and never the same', () => {
  const passwords = Array.from({ length: 50 }, randomPassword);
  expect(new Set(passwords).size).toBe(50);
  for (const password of passwords) expect(password).toMatch(/^[b-z2-9]{4}(-[b-z2-9]{4}){4}$/);
});

import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { associatedDataOf, openBox, sealBox } from './sealed-box.ts';

const key = randomBytes(32);
const context = associatedDataOf('tenant', 'purpose', 'subject');
const secret = Buffer.from('-----BEGIN PRIVATE KEY-----');

describe('a sealed box', () => {
  test('opens with its key and its context', () => {
    expect(Buffer.from(openBox(key, context, sealBox(key, context, secret)))).toEqual(secret);
  });

  test('holds an empty plaintext', () => {
    expect(openBox(key, context, sealBox(key, context, new Uint8Array()))).toHaveLength(0);
  });

  test('is never the same twice', () => {
    expect(sealBox(key, context, secret)).not.toEqual(sealBox(key, context, secret));
  });

  test('does not open with another key or another context', () => {
    const box = sealBox(key, context, secret);
    const rejected = expect.objectContaining({ code: 'ciphertext-rejected' });
    expect(() => openBox(randomBytes(32), context, box)).toThrow(rejected);
    expect(() => openBox(key, associatedDataOf('tenant', 'purpose', 'other'), box)).toThrow(rejected);
  });

  test('does not open when any one of its bytes was changed', () => {
    const box = sealBox(key, context, secret);
    for (let index = 0; index < box.byteLength; index += 1) {
      const changed = Uint8Array.from(box);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => openBox(key, context, changed)).toThrow(expect.objectContaining({ code: 'ciphertext-rejected' }));
    }
  });

  test('does not open when its end was cut off', () => {
    const box = sealBox(key, context, secret);
    for (const length of [0, 11, 27]) {
      expect(() => openBox(key, context, box.subarray(0, length))).toThrow(
        expect.objectContaining({ code: 'ciphertext-malformed' }),
      );
    }
    expect(() => openBox(key, context, box.subarray(0, box.byteLength - 12))).toThrow(
      expect.objectContaining({ code: 'ciphertext-rejected' }),
    );
  });
});

test('associated data tells lists of parts apart that only look alike', () => {
  const variants = [['ab', 'c'], ['a', 'bc'], ['abc'], ['abc', ''], ['', 'abc']].map((parts) =>
    Buffer.from(associatedDataOf(...parts)).toString('hex'),
  );
  expect(new Set(variants).size).toBe(variants.length);
});

import { describe, expect, test } from 'vitest';
import { JsonTooLarge, compressJson, decompressJson } from './json-compression.ts';

const snapshot = {
  containers: Array.from({ length: 200 }, (_, index) => ({
    id: index,
    name: `web-${index}`,
    note: 'é 日本 \u0000 😀',
  })),
};

describe('compressed JSON', () => {
  test('comes back as it was, much smaller in between', async () => {
    const { content, plainBytes, storedBytes } = await compressJson(snapshot);
    expect(await decompressJson(content)).toEqual(snapshot);
    expect(plainBytes).toBe(Buffer.byteLength(JSON.stringify(snapshot)));
    expect(storedBytes).toBe(content.byteLength);
    expect(storedBytes).toBeLessThan(plainBytes / 5);
  });

  test('that unpacks to more than the limit is refused', async () => {
    const { content } = await compressJson('x'.repeat(100_000));
    await expect(decompressJson(content, 99_999)).rejects.toThrow(RangeError);
    expect(await decompressJson(content, 100_002)).toHaveLength(100_000);
  });

  test.for([
    ['a long text', 'x'.repeat(1_000)],
    ['many short values', Array.from({ length: 600 }, () => 1)],
    ['many keys', Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`key${index}`, true]))],
    ['characters that are escaped', '\u0000'.repeat(200)],
  ] as const)('that would be larger than the limit is not made of %s', async ([, value]) => {
    await expect(compressJson(value, 1_000)).rejects.toThrow(JsonTooLarge);
    const { plainBytes } = await compressJson(value);
    expect(await compressJson(value, plainBytes)).toMatchObject({ plainBytes });
  });

  test('that was damaged is refused', async () => {
    const { content } = await compressJson(snapshot);
    const middle = Math.floor(content.length / 2);
    content[middle] = (content[middle] ?? 0) ^ 0xff;
    await expect(decompressJson(content)).rejects.toThrow(/checksum|corrupt|data/i);
  });
});

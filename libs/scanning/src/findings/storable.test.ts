import { describe, expect, test } from 'vitest';
import { storableEvidence, storableLines, storableText } from './storable.ts';

describe('text that came from a host', () => {
  test.for([
    ['has no NUL', 'a\0b', 'a b'],
    ['has no escape code', 'a\u001b[31mb', 'a [31mb'],
    ['has no line end', 'a\r\nb', 'a b'],
    ['has no direction mark', 'a\u202eb', 'a b'],
    ['has no unpaired surrogate', 'a\ud800b', 'a\ufffdb'],
    ['stays as it is otherwise', 'shop/web:1 é 日本', 'shop/web:1 é 日本'],
  ] as const)('%s', ([, text, expected]) => {
    expect(storableText(text)).toBe(expected);
  });

  test('is bounded', () => {
    expect(storableText('x'.repeat(100_000)).length).toBeLessThanOrEqual(1_001);
    expect(storableLines('x\n'.repeat(100_000)).length).toBe(20_000);
  });

  test('keeps its lines and their indentation where it has several', () => {
    expect(storableLines('run:\n\tdocker rm\0 x\u202e\n')).toBe('run:\n\tdocker rm  x \n');
  });
});

test('evidence is bounded in every direction, and says so', () => {
  const list = Array.from({ length: 150 }, (_, index) => `item-${index}`);
  const evidence = storableEvidence(
    Array.from({ length: 80 }, (_, index) => ({ source: 'a\0b', value: index === 0 ? list : 'x'.repeat(9_999) })),
  );
  expect(evidence).toHaveLength(50);
  expect(evidence[0]?.value).toHaveLength(101);
  expect(evidence[0]?.value).toContain('… and 50 more');
  expect(evidence[0]?.source).toBe('a b');
  expect(String(evidence[1]?.value).length).toBeLessThanOrEqual(2_001);
});

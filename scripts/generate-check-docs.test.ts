import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkDocsFolder, renderCheckDocs } from './generate-check-docs.ts';

test('every check has its page, no page is left over, and all are fresh: run `npm run generate`', () => {
  const pages = renderCheckDocs();
  expect(readdirSync(checkDocsFolder).toSorted()).toEqual([...pages.keys()].toSorted());
  for (const [file, text] of pages) expect(readFileSync(join(checkDocsFolder, file), 'utf8')).toBe(text);
});

test('the index lists CIS numbers in their order', () => {
  const numbers = [...(renderCheckDocs().get('README.md') ?? '').matchAll(/^\| (\d+(?:\.\d+)+) \|.*\.md\) \|$/gm)].map(
    ([, number = '']) => number.split('.').map(Number),
  );
  const sorted = numbers.toSorted(
    (a, b) => (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0) || (a[2] ?? 0) - (b[2] ?? 0),
  );
  expect(numbers).toEqual(sorted);
  expect(numbers.length).toBeGreaterThan(40);
});

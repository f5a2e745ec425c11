import { problems } from '@plimsoll/contracts';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { problemExplanations } from './problem-explanations.ts';
import { renderProblemsDocument } from './problem-pages.ts';

const slugs = problems.map(({ slug }) => slug);
const document = readFileSync(new URL('../../../../docs/problems.md', import.meta.url), 'utf8');

test('every problem is explained, and every explanation is of a problem', () => {
  expect(Object.keys(problemExplanations).toSorted()).toEqual(slugs.toSorted());
});

test('no two problems share a slug', () => {
  expect(new Set(slugs).size).toBe(slugs.length);
});

test('docs/problems.md holds every problem and no other', () => {
  const documented = [...document.matchAll(/^## (.+)$/gm)].map(([, slug]) => slug);
  expect(documented).toEqual(slugs);
});

test('docs/problems.md is fresh: `npm run generate` writes it', () => {
  expect(document).toBe(renderProblemsDocument());
});

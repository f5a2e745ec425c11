import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cataloguePath, renderCatalogue } from '../../../scripts/generate-catalogue.ts';
import { catalogue } from './catalogue.generated.ts';
import { themes } from './engine/vocabulary.ts';
import { judge } from './engine/judge.ts';
import { aSnapshot } from './testing/builders.ts';

test('the catalogue is fresh: run `npm run generate`', () => {
  expect(readFileSync(cataloguePath, 'utf8')).toBe(renderCatalogue());
});

test('no two checks share an id or a CIS number of the same version', () => {
  const names = catalogue.flatMap((check) => [
    check.id,
    ...Object.entries(check.cis ?? {}).map(([version, number]) => `${version}/${number}`),
  ]);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test.for(catalogue.map((check) => [check.id, check] as const))('%s is complete', ([, check]) => {
  expect(check.id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  expect(themes).toContain(check.theme);
  for (const sentence of [check.title, check.rationale, check.remediation, check.decidedBy])
    expect(sentence.length).toBeGreaterThan(10);
  expect(check.sources.length).toBeGreaterThan(0);
  expect(check.needs.length).toBeGreaterThan(0);
  expect(check.parameters.safeParse({}).success).toBe(true);
});

test.for(catalogue.map((check) => [check.id, check] as const))('%s never passes on what was not seen', ([, check]) => {
  const missing = { missing: 'denied', detail: '403 Forbidden' } as const;
  const blind = {
    ...aSnapshot(),
    endpoint: missing,
    version: missing,
    info: missing,
    ping: missing,
    containers: missing,
    images: missing,
    networks: missing,
    volumes: missing,
    plugins: missing,
    swarm: missing,
    hostFiles: missing,
  };
  const outcomes = judge(blind, [check]).map(({ outcome }) => outcome);
  expect(outcomes.length).toBeGreaterThan(0);
  expect(outcomes).not.toContain('pass');
  expect(outcomes).not.toContain('fail');
});

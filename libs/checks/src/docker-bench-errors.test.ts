import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { dockerBenchIds } from '../../../scripts/compare-docker-bench/reasons.ts';
import { catalogue } from './index.ts';
import { outcomesOf } from './testing/builders.ts';
import { beyondErrors } from './testing/docker-bench/beyond.ts';
import { limitErrors } from './testing/docker-bench/container-limits.ts';
import { privilegeErrors } from './testing/docker-bench/container-privileges.ts';
import { daemonErrors } from './testing/docker-bench/daemon.ts';
import type { DockerBenchError, HeldBySnapshot, HeldByTest } from './testing/docker-bench/docker-bench-error.ts';
import { fileErrors } from './testing/docker-bench/files.ts';
import { hostErrors } from './testing/docker-bench/host.ts';
import { imageErrors } from './testing/docker-bench/images.ts';
import { soundTests } from './testing/docker-bench/sound.ts';
import { stoppedContainerErrors } from './testing/docker-bench/stopped-containers.ts';
import { swarmErrors } from './testing/docker-bench/swarm.ts';

const errors: readonly DockerBenchError[] = [
  ...hostErrors,
  ...daemonErrors,
  ...fileErrors,
  ...imageErrors,
  ...stoppedContainerErrors,
  ...privilegeErrors,
  ...limitErrors,
  ...swarmErrors,
  ...beyondErrors,
];
const checks = new Map(catalogue.map((check) => [check.id, check]));
const checkNamed = (id: string) => {
  const found = checks.get(id);
  if (found === undefined) throw new Error(`no check ${id}`);
  return found;
};

const bySnapshot = errors.flatMap(({ check, error, heldBy }): [string, string, HeldBySnapshot][] =>
  'snapshot' in heldBy ? [[check, error, heldBy]] : [],
);
test.for(bySnapshot)('%s is right where docker-bench-security %s', ([id, , { snapshot, outcomes, parameters }]) => {
  expect(outcomesOf(checkNamed(id), snapshot, parameters)).toEqual(outcomes);
});

const byTest = errors.flatMap(({ check, error, heldBy }): [string, string, HeldByTest][] =>
  'file' in heldBy ? [[check, error, heldBy]] : [],
);
test.for(byTest)('%s has a test of its own for what docker-bench-security %s', ([id, , { file, title }]) => {
  checkNamed(id);
  expect(readFileSync(join(import.meta.dirname, file), 'utf8').includes(title), `${file}: ${title}`).toBe(true);
});

test('no two cases are the same', () => {
  const keys = errors.map(({ check, error }) => `${check}: ${error}`);
  expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
});

test('every test of docker-bench-security has its errors here, or is known to be sound', () => {
  const numbered = dockerBenchIds.map((id) => [...checks.values()].find(({ cis }) => cis?.['1.6.0'] === id)?.id ?? id);
  const listed = new Set([...errors.map(({ check }) => check), ...Object.keys(soundTests)]);
  expect(numbered.filter((id) => !listed.has(id))).toEqual([]);
  expect(Object.keys(soundTests).filter((id) => errors.some(({ check }) => check === id))).toEqual([]);
});

const specifications = join(import.meta.dirname, '../../../../shared/checks');
const Specification = z.array(z.object({ slug: z.string(), dockerBench: z.string().nullish() }));
test.skipIf(!existsSync(specifications))('no flaw that the specification of the checks names is missing', () => {
  const described = ['cis-1-to-4.json', 'cis-5-to-7.json', 'beyond-cis.json'].flatMap((file) =>
    Specification.parse(JSON.parse(readFileSync(join(specifications, file), 'utf8'))),
  );
  const listed = new Set([...errors.map(({ check }) => check), ...Object.keys(soundTests)]);
  // Where it has no test at all, or one that only borders on the matter, every test of our check is the answer.
  const untested = /has no test for this|^Tests? [\d.]|^Its (community )?tests?|^Only containers|^A proxy/;
  const missing = described.filter(
    ({ slug, dockerBench }) => !listed.has(slug) && !untested.test(dockerBench ?? 'has no test for this'),
  );
  expect(missing.map(({ slug, dockerBench }) => `${slug}: ${dockerBench}`)).toEqual([]);
});

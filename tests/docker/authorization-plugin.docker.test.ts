import { judge } from '@plimsoll/checks';
import { allowedRequests } from '@plimsoll/docker-engine';
import type { HostSnapshot } from '@plimsoll/snapshot';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithDocker } from './availability.ts';
import { collectWithFiles } from './engines/collect-with-files.ts';
import { differences, everyCheck } from './engines/compare.ts';
import { witnessed } from './engines/expected/witnessed.ts';
import { plainDocker } from './engines/kinds.ts';
import { populate } from './engines/population.ts';
import { startWitness, type Witness, type WitnessedRequest, witnessSocketBelowRun } from './engines/witness.ts';
import { startWorld, type World } from './engines/world.ts';
import { scanOnce, targetOf } from './scan.ts';

/** `GET /containers/{id}/json`: without version and query, ids as their kind. */
const templateOf = ({ method, uri }: WitnessedRequest): string => {
  const path = uri
    .replace(/\?.*$/u, '')
    .replace(/^\/v[\d.]+/u, '')
    .replace(/^\/(containers|images|networks|exec)\/(?!json$|create$)[^/]+/u, '/$1/{id}');
  return `${method} ${path}`;
};

const allowed = new Set(Object.values(allowedRequests).map(({ method, path }) => `${method} ${path}`));

describeWithDocker('an authorization plugin that sees every request', () => {
  let world: World | undefined;
  let witness: Witness | undefined;
  let scanned: HostSnapshot | undefined;
  let seen: readonly WitnessedRequest[] = [];
  beforeAll(async () => {
    const prepare = async (runFolder: string): Promise<void> => {
      witness = await startWitness(join(runFolder, witnessSocketBelowRun));
    };
    world = await startWorld({ ...plainDocker('witnessed', '--authorization-plugin witness'), prepare });
    await populate(world, { socket: '/run/docker.sock' });
    witness?.deny(undefined); // forgets what made the containers
    scanned = await scanOnce(targetOf(world));
    seen = [...(witness?.requests ?? [])];
  }, 120_000);
  afterAll(async () => {
    await world?.stop();
    await witness?.close();
  }, 60_000);

  /** A scan while requests that match are denied. */
  const scanDenying = async (uri: RegExp): Promise<HostSnapshot> => {
    if (world === undefined || witness === undefined) throw new Error('no engine');
    witness.deny(uri);
    try {
      return await scanOnce(targetOf(world));
    } finally {
      witness.deny(undefined);
    }
  };
  const resultsOf = (snapshot: HostSnapshot, wanted: (id: string) => boolean) =>
    judge(
      snapshot,
      everyCheck.filter(({ id }) => wanted(id)),
    );

  test('tells that a scan is exactly these reads, under the name of its certificate', () => {
    const counts = Map.groupBy(seen.map(templateOf), (line) => line);
    expect(Object.fromEntries([...counts].map(([line, all]) => [line, all.length]))).toEqual({
      'GET /_ping': 1,
      'GET /version': 1,
      'GET /info': 1,
      'GET /containers/json': 1,
      'GET /containers/{id}/json': 4,
      'GET /containers/{id}/stats': 3, // of those that run
      'GET /containers/{id}/top': 3,
      'GET /images/json': 1,
      'GET /images/{id}/json': 2,
      'GET /images/{id}/history': 2,
      'GET /networks': 1,
      'GET /networks/{id}': 4,
      'GET /volumes': 1,
      'GET /plugins': 1,
    });
    expect([...counts.keys()].filter((line) => !allowed.has(line))).toEqual([]);
    expect(new Set(seen.map(({ user, authentication }) => `${user} by ${authentication}`))).toEqual(
      new Set(['plimsoll-test by TLS']),
    );
  });

  test('tells that a scan without process lists asks for none', async () => {
    if (world === undefined || witness === undefined) throw new Error('no engine');
    witness.deny(undefined);
    await scanOnce(targetOf(world), { processLists: false });
    const lines = witness.requests.map(templateOf);
    expect(lines).toHaveLength(seen.length - 3);
    expect(lines).not.toContain('GET /containers/{id}/top');
  });

  test('tells that host files cost one container, which is never started, and reads of its files', async () => {
    if (world === undefined || witness === undefined) throw new Error('no engine');
    witness.deny(undefined);
    const snapshot = await collectWithFiles(world);
    expect(snapshot.hostFiles).toHaveProperty('value');
    const lines = witness.requests.map(templateOf);
    expect(lines.filter((line) => /^(?:POST|PUT|DELETE) /u.test(line))).toEqual([
      'POST /containers/create',
      'DELETE /containers/{id}',
    ]);
    expect(lines.filter((line) => !allowed.has(line))).toEqual([]);
    const archives = witness.requests.filter(({ uri }) => uri.includes('/archive?'));
    expect(archives.length).toBeGreaterThan(10);
    expect(new Set(archives.map(({ uri }) => uri.split('/')[3])).size).toBe(1); // of that container alone
  });

  test('that denies making a container leaves what needs host files not assessed', async () => {
    if (world === undefined || witness === undefined) throw new Error('no engine');
    witness.deny(/\/containers\/create/u);
    const snapshot = await collectWithFiles(world);
    expect(witness.requests.filter(({ method }) => method === 'DELETE')).toEqual([]);
    witness.deny(undefined);
    const needing = everyCheck.filter(({ needs }) => needs[0] === 'hostFiles').map(({ id }) => id);
    for (const { outcome, reason } of resultsOf(snapshot, (id) => needing.includes(id))) {
      expect(outcome).toBe('unknown');
      expect(reason).toMatch(/^Not assessed: denied by the host \(hostFiles: /u);
    }
  });

  test('lets the results be those of the same engine without it, but for itself', ({ skip }) => {
    if (scanned === undefined) throw new Error('no scan');
    const version = ('value' in scanned.version ? scanned.version.value.Version : undefined) ?? 'none';
    skip(!version.startsWith('20.10.'), `the table is for 20.10, and this one is ${version}`);
    const { found, expected } = differences(scanned, witnessed);
    expect(found).toEqual(expected);
  });

  test.for([
    ['images', /\/images\/json/u],
    ['networks', /\/networks$/u],
    ['volumes', /\/volumes/u],
    ['containers', /\/containers\/json/u],
    ['info', /\/info/u],
  ] as const)('that denies the list of %s makes all that needs it not assessed', async ([part, uri]) => {
    const snapshot = await scanDenying(uri);
    expect(snapshot[part]).toMatchObject({ missing: 'denied', detail: expect.stringContaining('witness') });
    const needing = everyCheck.filter(({ needs }) => needs[0] === part).map(({ id }) => id);
    const results = resultsOf(snapshot, (id) => needing.includes(id));
    expect(results).toHaveLength(needing.length); // one verdict each, for all of a kind
    for (const { outcome, reason, wouldTell } of results) {
      expect(outcome).toBe('unknown');
      expect(reason).toMatch(/^Not assessed: denied by the host \(/u);
      expect(wouldTell).toContain('authorization plugin');
    }
  });

  test('that denies process lists leaves what needs them undecided, and says so', async () => {
    const snapshot = await scanDenying(/\/top/u);
    const results = resultsOf(snapshot, (id) => id === 'root-processes' || id === 'container-ssh-server');
    const up = results.filter(({ subject }) => subject.name !== 'privileged');
    expect(up).toHaveLength(6);
    for (const { outcome, reason } of up) {
      expect(outcome).toBe('unknown');
      expect(reason).toContain('denied');
    }
  });

  test('that denies one inspect leaves the others decided', async () => {
    if (world === undefined) throw new Error('no engine');
    const id = await world.docker('inspect', '--format', '{{.Id}}', 'open');
    const snapshot = await scanDenying(new RegExp(`/containers/${id}/json`, 'u'));
    const outcomes = resultsOf(snapshot, (one) => one === 'container-memory-limit').map(
      ({ subject, outcome }) => `${subject.name} ${outcome}`,
    );
    expect(outcomes.toSorted()).toEqual(['good pass', 'host fail', 'open unknown', 'privileged fail']);
  });
});

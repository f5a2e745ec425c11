import { createHash } from 'node:crypto';
import { catalogue, judge } from '@plimsoll/checks';
import { EngineClient, parseEngineAddress, selfHostedHostPolicy } from '@plimsoll/docker-engine';
import { startSimulatedHost } from '@plimsoll/engine-simulator';
import { HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { collectSnapshot } from '@plimsoll/snapshot/collector';
import { expect, test } from 'vitest';
import { coverageOf } from './coverage.ts';
import { observe } from './observe.ts';
import { type EarlierFinding, reconcile } from './reconcile.ts';

const sampleSnapshot = async (): Promise<HostSnapshot> => {
  const host = await startSimulatedHost();
  const target = { address: parseEngineAddress(host.url), tls: host.tls, policy: selfHostedHostPolicy };
  const client = await EngineClient.connect(target);
  try {
    return await collectSnapshot(client, { processLists: true, now: new Date('2026-11-24T12:00:00Z') });
  } finally {
    await client.close();
    await host.close();
  }
};

/** Another id in place of each, the same one wherever it stands. */
const withNewIds = (json: string, salt: string): string =>
  json.replaceAll(/[0-9a-f]{64}/gu, (id) => createHash('sha256').update(`${salt}${id}`).digest('hex'));

const composeName = /\b(shop|ops)-([a-z]+)-1\b/gu;

/** The host after its compose projects were brought out anew: ids, numbers, order, replicas and tags are others. */
const redeployed = (seen: HostSnapshot, round: number): HostSnapshot => {
  const tags = (valueOf(seen.images) ?? [])
    .flatMap(({ repoTags }) => repoTags)
    .filter((tag) => !tag.endsWith(':latest'));
  const renamed = tags.reduce((json, tag) => json.replaceAll(`"${tag}"`, `"${tag}-r${round}"`), JSON.stringify(seen));
  const json = withNewIds(renamed.replaceAll(composeName, `$1-$2-${round + 1}`), `${round}`);
  const host = HostSnapshot.parse(JSON.parse(json));
  const containers = valueOf(host.containers) ?? [];
  const replicas = Array.from({ length: round % 3 }, (_unused, copy) =>
    containers
      .filter(({ labels }) => labels?.['com.docker.compose.project'] !== undefined)
      .map((container) => ({
        ...container,
        id: withNewIds(container.id, `copy ${copy}`),
        name: `${container.name}${copy}`,
      })),
  ).flat();
  const all = [...containers, ...replicas];
  return { ...host, containers: { value: round % 2 === 0 ? all : all.toReversed() } };
};

test(
  'fifty redeploys of the sample host open and close nothing, by the whole catalogue',
  { timeout: 60_000 },
  async () => {
    const seen = await sampleSnapshot();
    const first = judge(seen, catalogue);
    const { opened } = reconcile([], observe(first), coverageOf(seen, catalogue, first));
    expect(opened.length).toBeGreaterThan(50);
    const earlier = opened.map((observation, index): EarlierFinding => ({
      ...observation,
      id: `${index}`,
      status: 'open',
      contentHash: '',
    }));
    for (let round = 1; round <= 50; round += 1) {
      const snapshot = redeployed(seen, round);
      const results = judge(snapshot, catalogue);
      const change = reconcile(earlier, observe(results), coverageOf(snapshot, catalogue, results));
      const titles = (found: readonly { title: string; subject: { name: string } }[]): string[] =>
        found.map(({ title, subject }) => `${title}: ${subject.name}`);
      const changed = { opened: titles(change.opened), fixed: titles(change.fixed), reopened: change.reopened.length };
      expect(changed, `round ${round}`).toEqual({ opened: [], fixed: [], reopened: 0 });
    }
  },
);

import { HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { describeWithDocker } from './availability.ts';
import { startDockerd, type TestDockerd } from './dockerd.ts';
import { unpackEngine } from './newer-engine.ts';
import { eventsDuring, scanOnce, targetOf } from './scan.ts';
import { createTwentyContainers, twentyContainers } from './twenty-containers.ts';

describeWithDocker('the newest engine that Debian packages', () => {
  let dockerd: TestDockerd | undefined;
  let whyNot = '';
  beforeAll(async () => {
    try {
      const engineRoot = await unpackEngine('sid');
      dockerd = await startDockerd({ name: 'newest', engineRoot });
    } catch (error) {
      whyNot = `no newer engine: ${String(error).split('\n')[0]}`;
      console.warn(`SKIPPED, ${whyNot}`);
      return;
    }
    await createTwentyContainers(dockerd);
  }, 600_000);
  afterAll(() => dockerd?.stop(), 60_000);
  beforeEach(({ skip }) => skip(dockerd === undefined, whyNot));

  const engine = (): TestDockerd => {
    if (dockerd === undefined) throw new Error(whyNot);
    return dockerd;
  };

  test('is read as a whole', async () => {
    const snapshot = await scanOnce(targetOf(engine()));
    expect(HostSnapshot.parse(snapshot)).toEqual(snapshot);
    const parts = ['endpoint', 'version', 'info', 'containers', 'images', 'networks', 'volumes', 'plugins'] as const;
    expect(parts.filter((part) => 'missing' in snapshot[part])).toEqual([]);
    expect(Number(snapshot.apiVersion.split('.')[1])).toBeGreaterThan(41);
    const seen = valueOf(snapshot.containers) ?? [];
    expect(seen.map(({ name }) => name).toSorted()).toEqual(twentyContainers.map(({ name }) => name).toSorted());
    expect(seen.filter(({ inspect }) => 'missing' in inspect)).toEqual([]);
  });

  test('tells of nothing but the process lists', async () => {
    const running = twentyContainers.filter(({ state }) => state === 'running');
    const events = await eventsDuring(engine(), () => scanOnce(targetOf(engine())));
    expect(events.map(({ Action }) => Action)).toEqual(running.map(() => 'top'));
    await expect(eventsDuring(engine(), () => scanOnce(targetOf(engine()), { processLists: false }))).resolves.toEqual(
      [],
    );
  });
});

import { valueOf } from '@plimsoll/snapshot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithDocker } from './availability.ts';
import { startDockerd, type TestDockerd } from './dockerd.ts';
import { eventsDuring, scanOnce, targetOf } from './scan.ts';
import { createTwentyContainers, plantedSecret, twentyContainers } from './twenty-containers.ts';

describeWithDocker('a scan of twenty containers on a real dockerd', () => {
  let dockerd: TestDockerd;
  beforeAll(async () => {
    dockerd = await startDockerd({ name: 'harmless' });
    await createTwentyContainers(dockerd);
  }, 120_000);
  afterAll(() => dockerd.stop(), 60_000);

  const running = twentyContainers.filter(({ state }) => state === 'running');

  test('leaves one top event for each running container and nothing else', async () => {
    const events = await eventsDuring(dockerd, () => scanOnce(targetOf(dockerd)));
    expect(events.map(({ Type, Action }) => `${Type} ${Action}`)).toEqual(running.map(() => 'container top'));
  });

  test('leaves no event at all with process lists off', async () => {
    const events = await eventsDuring(dockerd, () => scanOnce(targetOf(dockerd), { processLists: false }));
    expect(events).toEqual([]);
  });

  test('sees all twenty as they are', async () => {
    const snapshot = await scanOnce(targetOf(dockerd));
    const seen = valueOf(snapshot.containers)?.map(({ name, state }) => ({ name, state }));
    const made = twentyContainers.map(({ name, state }) => ({ name, state }));
    const byName = (left: { name: string }, right: { name: string }): number => left.name.localeCompare(right.name);
    expect(seen?.toSorted(byName)).toEqual(made.toSorted(byName));
    expect(JSON.stringify(snapshot)).not.toContain(plantedSecret);
  });

  test('goes on while other clients remove and make containers', async () => {
    const churn = async (): Promise<void> => {
      for (let index = 0; index < 5; index += 1) {
        await dockerd.docker('run', '--rm', '--network', 'none', 'busybox:1.35.0', 'true');
      }
    };
    const [snapshot] = await Promise.all([scanOnce(targetOf(dockerd)), churn()]);
    expect(valueOf(snapshot.containers)?.length).toBeGreaterThanOrEqual(20);
    expect(snapshot.notes.every(({ reason }) => reason === 'vanished')).toBe(true);
  });
});

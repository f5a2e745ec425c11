import type { Actor } from '@plimsoll/contracts';
import { createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { type World, anActor, openWorld } from '@plimsoll/scanning/testing';
import { hostFileReaderLabel } from '@plimsoll/snapshot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithDocker } from './availability.ts';
import { type TestDockerd, startDockerd } from './dockerd.ts';
import { importBusybox } from './images.ts';
import { eventsDuring } from './scan.ts';

/** The setting of a host from the API's service down to a real daemon, and the trace that it leaves on both sides. */
describeWithDocker('a host whose files may be read', () => {
  let dockerd: TestDockerd;
  let world: World;
  let db: TestDatabase;
  let actor: Actor;
  let hostId: string;
  const closing: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    db = await createTestDatabase();
    closing.push(() => db.close());
    world = await openWorld(db);
    closing.push(() => world.close());
    dockerd = await startDockerd({ name: 'inspected' });
    closing.push(() => dockerd.stop());
    await importBusybox(dockerd);
    actor = await anActor(world.database);
    ({ id: hostId } = await world.register(actor, dockerd));
  }, 60_000);
  afterAll(async () => {
    for (const close of closing.toReversed()) await close();
  }, 60_000);

  const inspect = (inspectHostFiles: boolean) => world.hosts.update(actor, hostId, null, { inspectHostFiles });
  const scan = async () => {
    const { id: scanId } = await world.scans.start(actor, hostId);
    await world.pipeline().run({ tenantId: actor.tenantId, scanId }, new AbortController().signal);
    return world.scans.get(actor, scanId);
  };
  /** Reads and their traces aside. */
  const eventsOfScan = async (): Promise<string[]> => {
    const events = await eventsDuring(dockerd, scan);
    return events.map(({ Type, Action }) => `${Type} ${Action}`).filter((event) => event !== 'container archive-path');
  };
  const readers = async (): Promise<string[]> =>
    (await dockerd.docker('ps', '--all', '--quiet', '--filter', `label=${hostFileReaderLabel}`))
      .split('\n')
      .filter(Boolean);
  const inspections = () =>
    db.asOwner<{ outcome: string; details: Record<string, unknown> }>(
      `SELECT outcome::text, details FROM audit_events
       WHERE tenant_id = $1 AND action = 'host.files-inspected' ORDER BY sequence`,
      [actor.tenantId],
    );

  test('has them read by a scan, which makes one container, removes it, and says for whom', async () => {
    expect(await eventsOfScan()).toEqual([]);
    expect(await inspections()).toEqual([]);
    await inspect(true);
    expect(await eventsOfScan()).toEqual(['container create', 'container destroy']);
    expect(await readers()).toEqual([]);
    const [last] = (await world.scans.list(actor, { limit: 1, hostId })).items;
    expect(last).toMatchObject({ hostFiles: 'read' });
    expect(await inspections()).toMatchObject([
      { outcome: 'success', details: { scanId: last?.id, result: 'read', requestedBy: { name: 'Ada' } } },
    ]);
  });

  test('is rid of what a dead worker left, also when they may be read no more, and only of its own', async () => {
    const [installation] = await db.asOwner<{ id: string }>('SELECT id FROM installations');
    const leaveBehind = (owner: string, name: string) =>
      dockerd.docker(
        'create',
        '--name',
        `plimsoll-host-files-${name}`,
        '--network',
        'none',
        '--mount',
        'type=bind,src=/etc,dst=/plimsoll-host/etc,ro',
        '--label',
        `${hostFileReaderLabel}=${owner}`,
        'busybox:test',
      );
    await leaveBehind(`${installation?.id}:${hostId}`, '0123456789abcdef');
    const foreign = await leaveBehind(`${crypto.randomUUID()}:${hostId}`, 'fedcba9876543210');
    await inspect(false);
    expect(await eventsOfScan()).toEqual(['container destroy']);
    expect(await readers()).toEqual([foreign.slice(0, 12)]);
    expect(await eventsOfScan()).toEqual([]);
    expect(await inspections()).toHaveLength(1);
  });
});

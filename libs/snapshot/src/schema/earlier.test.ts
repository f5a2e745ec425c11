import { expect, test } from 'vitest';
import { earlierSampleOf, ioBytesOf } from './earlier.ts';
import { HostSnapshot } from './snapshot.ts';

const missing = { missing: 'not-requested', detail: 'not part of this test' };
const snapshotWith = (container: Record<string, unknown>): HostSnapshot =>
  HostSnapshot.parse({
    schemaVersion: 1,
    takenAt: '2026-11-23T12:00:00.000Z',
    simulated: false,
    settings: { processLists: true },
    apiVersion: '1.51',
    ...Object.fromEntries(
      ['endpoint', 'version', 'info', 'ping', 'images', 'networks', 'volumes', 'plugins', 'swarm', 'hostFiles'].map(
        (part) => [part, missing],
      ),
    ),
    notes: [],
    containers: {
      value: [
        {
          id: 'c1',
          name: 'web',
          inspect: missing,
          stats: missing,
          processes: missing,
          execs: missing,
          secretSightings: [],
          ...container,
        },
      ],
    },
  });

test('keeps the counters of a container and when they began', () => {
  const snapshot = snapshotWith({
    inspect: { value: { RestartCount: 3, SizeRw: 10, State: { StartedAt: '2026-11-20T00:00:00Z' } } },
    stats: {
      value: {
        cpu_stats: { throttling_data: { periods: 100, throttled_periods: 5, throttled_time: 1 } },
        blkio_stats: {
          io_service_bytes_recursive: [
            { op: 'Read', value: 7 },
            { op: 'write', value: 5 },
            { op: 'Total', value: 12 },
          ],
        },
        networks: { eth0: { rx_bytes: 1, rx_packets: 2, rx_dropped: 1 } },
      },
    },
  });
  expect(earlierSampleOf(snapshot)).toEqual({
    takenAt: '2026-11-23T12:00:00.000Z',
    containers: {
      c1: {
        startedAt: '2026-11-20T00:00:00Z',
        restartCount: 3,
        sizeRw: 10,
        periods: 100,
        throttledPeriods: 5,
        ioBytes: 12,
        networks: { eth0: { rx_packets: 2, rx_dropped: 1 } },
      },
    },
  });
});

test('what was not seen stays unseen', () => {
  expect(earlierSampleOf(snapshotWith({})).containers['c1']).toEqual({});
  expect(
    [undefined, {}, { blkio_stats: { io_service_bytes_recursive: null } }].map((stats) => ioBytesOf(stats)),
  ).toEqual([undefined, undefined, undefined]);
});

test('is part of the next snapshot', () => {
  const earlier = earlierSampleOf(snapshotWith({}));
  expect(HostSnapshot.parse({ ...snapshotWith({}), earlier }).earlier).toEqual(earlier);
});

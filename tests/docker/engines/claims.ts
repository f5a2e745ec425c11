import { judge } from '@plimsoll/checks';
import { type ContainerEntry, type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { expect } from 'vitest';
import { collectWithFiles } from './collect-with-files.ts';
import { everyCheck } from './compare.ts';
import type { World } from './world.ts';

/** What one scan of an engine brought. */
export interface Scan {
  readonly world: World;
  readonly snapshot: HostSnapshot;
  /** As they reached the engine, where they were recorded. */
  readonly requests: readonly string[];
}

/** Something that holds of one kind of engine alone. */
export interface Claim {
  readonly name: string;
  readonly holds: (scan: Scan) => void | Promise<void>;
}

const running = (snapshot: HostSnapshot): ContainerEntry[] =>
  (valueOf(snapshot.containers) ?? []).filter(({ state }) => state === 'running');

/** `outcome severity` of one check and one container or image. */
const weightOf = (snapshot: HostSnapshot, check: string, subject: string): string | undefined => {
  const results = judge(
    snapshot,
    everyCheck.filter(({ id }) => id === check),
  );
  const result = results.find((one) => one.subject.name === subject);
  return result && `${result.outcome} ${result.severity}`;
};

/** One scan with host files on, and what the engine's own event stream tells of containers meanwhile. */
const scanWithFiles = async (world: World): Promise<{ snapshot: HostSnapshot; events: string[] }> => {
  const now = (): string => (Date.now() / 1000).toFixed(3);
  const since = now();
  const snapshot = await collectWithFiles(world);
  const told = await world.docker('events', '--since', since, '--until', now(), '--format', '{{.Type}} {{.Action}}');
  const events = told.split('\n').filter((line) => line !== '' && !line.endsWith(' archive-path'));
  return { snapshot, events };
};

const outcomeOf = (snapshot: HostSnapshot, check: string): string | undefined =>
  judge(
    snapshot,
    everyCheck.filter(({ id }) => id === check),
  )[0]?.outcome;

export const rootlessClaims: readonly Claim[] = [
  {
    name: 'shows the reason where a process list was answered with 500',
    holds: ({ snapshot }) => {
      expect(running(snapshot)).toHaveLength(3);
      for (const { processes } of running(snapshot)) {
        expect(processes).toMatchObject({ missing: 'engine-error', detail: expect.stringContaining('500') });
      }
      const results = judge(
        snapshot,
        everyCheck.filter(({ id }) => id === 'container-ssh-server'),
      );
      const result = results.find(({ subject }) => subject.name === 'good');
      expect(result?.reason).toMatch(/could not be listed \(engine-error\).*500/u);
    },
  },
  {
    name: 'makes no container for host files, and says why',
    holds: async ({ world }) => {
      const { snapshot, events } = await scanWithFiles(world);
      expect(snapshot.hostFiles).toMatchObject({
        missing: 'not-supported',
        detail: expect.stringContaining('rootless'),
      });
      expect(events).toEqual([]);
    },
  },
  {
    name: 'weighs less what ends in the rights of an ordinary user',
    holds: ({ snapshot }) => {
      expect(weightOf(snapshot, 'container-docker-socket', 'open')).toBe('fail high'); // critical on others
      expect(weightOf(snapshot, 'container-sensitive-host-mounts', 'host')).toBe('fail high'); // critical
      expect(weightOf(snapshot, 'container-capabilities', 'host')).toBe('fail high'); // critical
      expect(weightOf(snapshot, 'container-host-network', 'host')).toBe('fail medium'); // high
      expect(weightOf(snapshot, 'container-host-uts', 'host')).toBe('fail low'); // medium: it can not rename the host
    },
  },
];

export const swarmClaims: readonly Claim[] = [
  {
    name: 'tells by host files where the swarm listens',
    holds: async ({ world }) => {
      const { snapshot, events } = await scanWithFiles(world);
      // Beside the probes by which swarm watches the health of its task.
      expect(events.filter((event) => !event.startsWith('container exec_'))).toEqual([
        'container create',
        'container destroy',
      ]);
      expect(outcomeOf(snapshot, 'swarm-listen-address')).toBe('pass');
    },
  },
];

export const remappedClaims: readonly Claim[] = [
  {
    name: 'reads host files by one container that is gone again, with owners as the host has them',
    holds: async ({ world }) => {
      const { snapshot, events } = await scanWithFiles(world);
      expect(events).toEqual(['container create', 'container destroy']);
      expect(outcomeOf(snapshot, 'docker-configuration-folder-owner')).toBe('pass');
      // Its unit file tells of no remapping, so it is not what this daemon was started by.
      expect(outcomeOf(snapshot, 'daemon-manages-firewall')).toBe('unknown');
    },
  },
  {
    name: 'weighs in full what opted out of remapping',
    holds: ({ snapshot }) => {
      expect(weightOf(snapshot, 'container-host-user-namespace', 'host')).toBe('fail medium');
      expect(weightOf(snapshot, 'container-sensitive-host-mounts', 'host')).toBe('fail critical');
      expect(weightOf(snapshot, 'container-capabilities', 'host')).toBe('fail critical');
    },
  },
  {
    name: 'weighs an image that runs as root less',
    holds: ({ snapshot }) => expect(weightOf(snapshot, 'image-user-not-root', 'busybox:latest')).toBe('fail low'),
  },
];

export const podmanClaims: readonly Claim[] = [
  {
    name: 'asks for no process list, and sends nothing but reads',
    holds: ({ snapshot, requests }) => {
      expect(requests.length).toBeGreaterThan(15);
      expect(requests.filter((line) => !line.startsWith('GET '))).toEqual([]);
      expect(requests.filter((line) => line.includes('/top'))).toEqual([]);
      for (const { processes } of running(snapshot)) expect(processes).toMatchObject({ missing: 'not-supported' });
    },
  },
  {
    name: 'makes no container for host files, and says why',
    holds: async ({ world }) => {
      const before = await world.docker('ps', '--all', '--quiet');
      const { snapshot } = await scanWithFiles(world);
      expect(snapshot.hostFiles).toMatchObject({ missing: 'not-supported', detail: expect.stringContaining('Podman') });
      await expect(world.docker('ps', '--all', '--quiet')).resolves.toBe(before);
    },
  },
];

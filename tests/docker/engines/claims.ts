import { judge } from '@plimsoll/checks';
import { type ContainerEntry, type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { expect } from 'vitest';
import { everyCheck } from './compare.ts';

/** What one scan of an engine brought. */
export interface Scan {
  readonly snapshot: HostSnapshot;
  /** As they reached the engine, where they were recorded. */
  readonly requests: readonly string[];
}

/** Something that holds of one kind of engine alone. */
export interface Claim {
  readonly name: string;
  readonly holds: (scan: Scan) => void;
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

export const remappedClaims: readonly Claim[] = [
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
];

import { accessSync, constants } from 'node:fs';
import { describe } from 'vitest';

const binaries = ['/usr/sbin/dockerd', '/usr/bin/docker', '/bin/busybox'];

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const reasonNow = (programs: readonly string[]): string | undefined => {
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.getuid?.() !== 0) return 'needs root to start a dockerd of its own';
  const lacking = programs.filter((program) => !isExecutable(program));
  return lacking.length === 0
    ? undefined
    : `${lacking.join(', ')} not there; npm test installs what it needs as root on Debian`;
};

const printed = new Set<string>();

/** `describe` where root and these programs can be had, else a skip that says why in its title and once in the log. */
export const describeWithPrograms = (name: string, programs: readonly string[], body: () => void): void => {
  const reason = reasonNow([...binaries, ...programs]);
  if (reason !== undefined && !printed.has(reason)) console.warn(`SKIPPED, no real engine: ${reason}`);
  if (reason !== undefined) printed.add(reason);
  const skipped = reason === undefined ? '' : ` (skipped: ${reason})`;
  describe.skipIf(reason !== undefined)(`${name}${skipped}`, () => {
    body();
  });
};

/** `describe` where a real dockerd can be had, else a skip that says why in its title. */
export const describeWithDocker = (name: string, body: () => void): void => {
  describeWithPrograms(name, [], body);
};

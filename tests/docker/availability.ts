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

const reasonNow = (): string | undefined => {
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.getuid?.() !== 0) return 'needs root to start a dockerd of its own';
  const lacking = binaries.filter((binary) => !isExecutable(binary));
  return lacking.length === 0
    ? undefined
    : `${lacking.join(', ')} not there; npm test installs docker.io and busybox-static as root on Debian`;
};

let verdict: { reason: string | undefined } | undefined;

/** Why no real dockerd can be started here; `undefined` where it can. Printed once. */
const whyNoDocker = (): string | undefined => {
  if (verdict === undefined) {
    verdict = { reason: reasonNow() };
    if (verdict.reason !== undefined) console.warn(`SKIPPED, no real dockerd: ${verdict.reason}`);
  }
  return verdict.reason;
};

/** `describe` where a real dockerd can be had, else a skip that says why in its title. */
export const describeWithDocker = (name: string, body: () => void): void => {
  const reason = whyNoDocker();
  const skipped = reason === undefined ? '' : ` (skipped: ${reason})`;
  describe.skipIf(reason !== undefined)(`${name}${skipped}`, () => {
    body();
  });
};

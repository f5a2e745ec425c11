import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { describe } from 'vitest';

const packages = ['docker.io', 'busybox-static'];
const binaries = ['/usr/sbin/dockerd', '/usr/bin/docker', '/bin/busybox'];

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const install = (): string | undefined => {
  const options = {
    stdio: 'pipe',
    timeout: 300_000,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  } as const;
  try {
    execFileSync('apt-get', ['update', '-q'], options);
    execFileSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], options);
    return undefined;
  } catch (error) {
    return `apt-get could not install ${packages.join(' and ')}: ${String(error).split('\n')[0]}`;
  }
};

let verdict: { reason: string | undefined } | undefined;

/** Why no real dockerd can be started here; `undefined` where it can. Installs Debian's packages where it may. */
export const whyNoDocker = (): string | undefined => {
  if (verdict === undefined) {
    let reason: string | undefined;
    if (process.platform !== 'linux') reason = 'needs Linux';
    else if (process.getuid?.() !== 0) reason = 'needs root to start a dockerd of its own';
    else if (!binaries.every(isExecutable)) reason = install();
    verdict = { reason };
    if (reason !== undefined) console.warn(`SKIPPED, no real dockerd: ${reason}`);
  }
  return verdict.reason;
};

/** `describe` where a real dockerd can be had, else a skip that says why in its title. */
export const describeWithDocker = (name: string, body: () => void): void => {
  const reason = whyNoDocker();
  if (reason === undefined) describe(name, body);
  else describe.skip(`${name} (skipped: ${reason})`, body);
};

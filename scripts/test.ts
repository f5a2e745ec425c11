/**
 * `npm test`: brings what the tests need, lints, runs every test and closes with `N passed, N failed, N skipped`.
 * Where a system package can't be had (no root, no Debian), the tests that need it say so loudly and are skipped.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const systemPackages = [
  { program: '/usr/sbin/dockerd', packages: ['docker.io', 'busybox-static'] },
  // Other engines whose API the product reads: rootless Docker, and Podman behind a TLS proxy.
  { program: '/usr/bin/rootlesskit', packages: ['rootlesskit'] },
  { program: '/usr/bin/slirp4netns', packages: ['slirp4netns'] },
  { program: '/usr/bin/newuidmap', packages: ['uidmap'] },
  { program: '/usr/bin/podman', packages: ['podman', 'netavark', 'aardvark-dns'] },
  { program: '/usr/bin/stunnel4', packages: ['stunnel4'] },
  { program: '/usr/bin/docker-compose', packages: ['docker-compose'] },
  { program: '/usr/bin/chromium', packages: ['chromium'] },
  { program: '/usr/bin/redis-server', packages: ['redis-server'] },
];

const installSystemPackages = (): void => {
  const wanted = systemPackages.filter(({ program }) => !existsSync(program));
  if (wanted.length === 0) return;
  const names = wanted.flatMap(({ packages }) => packages);
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    console.log(
      `!! Not installed, and only root on Debian can: ${names.join(', ')}. Tests that need them are skipped.`,
    );
    return;
  }
  console.log(`• Installing ${names.join(', ')} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args: string[]): number | null =>
    spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] }).status;
  apt('update', '-qq');
  const install = (packages: string[]): boolean =>
    apt('install', '-y', '-qq', '--no-install-recommends', ...packages) === 0;
  if (install(names)) return;
  // One package that this suite does not have must not keep the others away.
  const failed = wanted.filter(({ packages }) => !install(packages)).flatMap(({ packages }) => packages);
  if (failed.length > 0)
    console.log(`!! These packages could not be installed: ${failed.join(', ')}. Tests that need them are skipped.`);
};

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const runTests = (filters: string[]): Counts => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-test-'));
  const report = join(folder, 'report.json');
  const reporter = process.env['CI'] === undefined ? 'default' : 'dot';
  const { status } = spawnSync(
    'vitest',
    ['run', `--reporter=${reporter}`, '--reporter=json', `--outputFile.json=${report}`, ...filters],
    { stdio: 'inherit' },
  );
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  if (existsSync(report)) {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numFailedTestSuites } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    counts.passed = numPassedTests;
    counts.failed = numFailedTests;
    counts.skipped = numPendingTests + numTodoTests;
    // A file that failed before its first test has no failed test, and must not look fine.
    if (counts.failed === 0 && numFailedTestSuites > 0) counts.failed = numFailedTestSuites;
  }
  rmSync(folder, { recursive: true, force: true });
  // An error outside of any test, or a runner that died, must not look fine either.
  if (status !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
};

installSystemPackages();
const filters = process.argv.slice(2);
const linted =
  filters.length > 0
    ? 0
    : (spawnSync('node', [join(import.meta.dirname, 'lint.ts')], { stdio: 'inherit' }).status ?? 1);
if (linted !== 0) console.log('✗ lint failed: it counts as one failed test');
const { passed, failed, skipped } = runTests(filters);
const allFailed = failed + (linted === 0 ? 0 : 1);
process.exitCode = allFailed === 0 && passed > 0 ? 0 : 1;
console.log(`${passed} passed, ${allFailed} failed, ${skipped} skipped`);

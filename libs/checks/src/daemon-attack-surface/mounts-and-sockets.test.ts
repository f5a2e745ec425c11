import type { EngineVolume, EnvironmentVariable, HostConfig, MountPoint } from '@plimsoll/snapshot';
import { describe, expect, test } from 'vitest';
import type { Check } from '../engine/check.ts';
import {
  type GivenContainer,
  type GivenSnapshot,
  aContainer,
  aNetwork,
  aSnapshot,
  outcomesOf,
  resultsOf,
} from '../testing/builders.ts';
import hostControlSocket from './host-control-socket.ts';
import managementContainer from './management-container.ts';
import mountCredentials from './mount-credentials.ts';
import readOnlyNotRecursive from './read-only-not-recursive.ts';
import socketProxy from './socket-proxy.ts';

const bind = (Source: string | undefined, RW: boolean | undefined = true): MountPoint => ({
  Type: 'bind',
  Source,
  Destination: '/x',
  RW,
});
const current: GivenSnapshot = { version: { Version: '28.5.2' }, info: { KernelVersion: '6.1.0-18-amd64' } };
const mounting = (mounts: MountPoint[] | null | undefined, given: GivenSnapshot = {}, more: GivenContainer = {}) =>
  aSnapshot({ ...given, containers: [aContainer({ ...more, inspect: { Mounts: mounts, ...more.inspect } })] });
const remapped: GivenSnapshot = { info: { SecurityOptions: ['name=userns'] } };
const volume: MountPoint = { Type: 'volume', Name: 'data', Driver: 'local', Destination: '/x', RW: true };
const withVolume = (Options: EngineVolume['Options'] | undefined, Driver = 'local') => ({
  ...mounting([volume]),
  volumes: { value: [{ Name: 'data', Driver, Options }] },
});
const bindOf = (device: string) => ({ type: 'none', o: 'bind', device });

describe.for<[string, Check, string]>([
  ['host-control-socket', hostControlSocket, '/run/dbus/system_bus_socket'],
  ['mount-credentials', mountCredentials, '/root/.ssh'],
])('%s', ([, check, path]) => {
  test.for<[string, ReturnType<typeof mounting>, string]>([
    ['fails for a path of the list', mounting([bind(path)]), 'fail'],
    ['fails where it is read-only', mounting([bind(path, false)]), 'fail'],
    ['fails for a path that is not clean', mounting([bind(`/srv/..${path}/`)]), 'fail'],
    ['fails for the device of a local volume', withVolume(bindOf(path)), 'fail'],
    ['passes for another path', mounting([bind('/srv/data')]), 'pass'],
    ['passes for a path that only begins alike', mounting([bind(`${path}-x`)]), 'pass'],
    ['does not apply without a host path', mounting([]), 'not-applicable'],
    ['does not apply with an ordinary volume', withVolume(null), 'not-applicable'],
    ['can not tell the options of a volume that was not listed', mounting([volume]), 'unknown'],
    ['can not tell what a plugin’s volume shows', withVolume({ size: '1' }, 'rexray'), 'unknown'],
    ['can not tell without the mounts', mounting(undefined), 'unknown'],
    ['does not apply to Windows', mounting([bind(path)], { info: { OSType: 'windows' } }), 'not-applicable'],
  ])('%s', ([, snapshot, outcome]) => {
    expect(outcomesOf(check, snapshot)).toEqual([outcome]);
  });
});

describe('control sockets', () => {
  test.for<[string, string, string, string | undefined]>([
    ['the builder', '/run/buildkit/buildkitd.sock', 'critical', undefined],
    ['the other spelling of a folder', '/var/run/nri/nri.sock', 'critical', undefined],
    ['a folder above one', '/run/systemd', 'critical', undefined],
    ['the system bus', '/run/dbus/system_bus_socket', 'high', undefined],
    ['a socket in a listed folder', '/run/docker/plugins/authz.sock', 'high', undefined],
    ['udev', '/run/udev/control', 'medium', undefined],
    ['a folder of the engine’s own sockets', '/run', 'critical', 'container-docker-socket'],
    ['the root folder', '/', 'critical', 'container-docker-socket'],
    ['a wide folder that other checks report', '/var/lib', 'high', 'container-sensitive-host-mounts'],
  ])('weighs %s', ([, path, severity, causedBy]) => {
    const [result] = resultsOf(hostControlSocket, mounting([bind(path)]));
    expect(result).toMatchObject({ outcome: 'fail', severity });
    expect(result?.causedBy).toBe(causedBy);
  });

  test('leaves the engine’s own socket to its check', () => {
    expect(outcomesOf(hostControlSocket, mounting([bind('/run/docker.sock')]))).toEqual(['pass']);
  });

  test('learns of another from the engine, and a list of its own', () => {
    const NRI = { Info: [['socket-path', '/opt/nri/nri.sock']] };
    expect(resultsOf(hostControlSocket, mounting([bind('/opt/nri/nri.sock')], { info: { NRI } }))).toMatchObject([
      { severity: 'critical' },
    ]);
    const sockets = { '/run/app/admin.sock': 'low' };
    expect(resultsOf(hostControlSocket, mounting([bind('/run/app')]), { sockets })).toMatchObject([
      { severity: 'low' },
    ]);
  });

  test('weighs a step less inside a user namespace', () => {
    expect(
      resultsOf(
        hostControlSocket,
        mounting([bind('/run/systemd/private')], remapped, { hostConfig: { UsernsMode: '' } }),
      ),
    ).toMatchObject([{ severity: 'high' }]);
  });

  test('a root folder that is not mounted recursively can not be told', () => {
    const Mounts = [{ Type: 'bind', Source: '/', Target: '/x', ReadOnly: false, BindOptions: { NonRecursive: true } }];
    expect(outcomesOf(hostControlSocket, mounting([bind('/')], {}, { hostConfig: { Mounts } }))).toEqual(['unknown']);
  });
});

describe('credentials', () => {
  test.for<[string, string, string, string | undefined]>([
    ['keys of root', '/root/.ssh', 'critical', undefined],
    ['a file of cluster administration', '/etc/kubernetes/admin.conf', 'critical', undefined],
    ['keys of anybody', '/home/alice/.ssh', 'high', undefined],
    ['a token of anybody', '/home/alice/.npmrc', 'high', undefined],
    ['the home of somebody, which contains them', '/home/alice', 'high', undefined],
    ['a home below, which other checks report', '/root', 'critical', 'container-sensitive-host-mounts'],
    ['all homes', '/home', 'high', 'container-sensitive-host-mounts'],
    ['the root folder', '/', 'critical', 'container-sensitive-host-mounts'],
  ])('weighs %s', ([, path, severity, causedBy]) => {
    const [result] = resultsOf(mountCredentials, mounting([bind(path, false)]));
    expect(result).toMatchObject({ outcome: 'fail', severity });
    expect(result?.causedBy).toBe(causedBy);
  });

  test('deeper in a home lies ordinary data', () => {
    expect(outcomesOf(mountCredentials, mounting([bind('/home/alice/project/data')]))).toEqual(['pass']);
  });

  test('a certificate client has its folder, and no other', () => {
    const client = { image: 'certbot/certbot:v2.11.0' };
    expect(resultsOf(mountCredentials, mounting([bind('/etc/letsencrypt')], {}, client))).toMatchObject([
      { outcome: 'fail', severity: 'info' },
    ]);
    expect(resultsOf(mountCredentials, mounting([bind('/root/.ssh')], {}, client))).toMatchObject([
      { severity: 'critical' },
    ]);
    expect(resultsOf(mountCredentials, mounting([bind('/etc/letsencrypt')]))).toMatchObject([{ severity: 'high' }]);
  });

  test('weighs a step less inside a user namespace', () => {
    expect(
      resultsOf(mountCredentials, mounting([bind('/root/.ssh')], remapped, { hostConfig: { UsernsMode: '' } })),
    ).toMatchObject([{ severity: 'high' }]);
  });
});

describe('read-only all the way down', () => {
  const engine = (Version: string | undefined, KernelVersion: string | undefined): GivenSnapshot => ({
    version: { Version },
    info: { ServerVersion: Version, KernelVersion },
  });
  const asked = (BindOptions: Record<string, boolean>): Partial<HostConfig> => ({
    Mounts: [{ Type: 'bind', Source: '/srv', Target: '/x', ReadOnly: true, BindOptions }],
  });
  test.for<[string, MountPoint[] | undefined, GivenSnapshot, Partial<HostConfig>, string]>([
    ['passes with engine and kernel that can', [bind('/srv', false)], current, {}, 'pass'],
    ['fails with an older engine', [bind('/srv', false)], engine('24.0.9', '6.1.0'), {}, 'fail'],
    ['fails with an older kernel', [bind('/srv', false)], engine('28.5.2', '5.10.0-28-amd64'), {}, 'fail'],
    [
      'fails with the kernel of an enterprise',
      [bind('/srv', false)],
      engine('28.5.2', '4.18.0-553.el8_10'),
      {},
      'fail',
    ],
    [
      'passes where it is forced',
      [bind('/srv', false)],
      engine('28.5.2', '5.10.0'),
      asked({ ReadOnlyForceRecursive: true }),
      'pass',
    ],
    ['fails where it is refused', [bind('/srv', false)], current, asked({ ReadOnlyNonRecursive: true }), 'fail'],
    [
      'passes where nothing below is mounted',
      [bind('/srv', false)],
      engine('24.0.9', '5.10.0'),
      asked({ NonRecursive: true }),
      'pass',
    ],
    ['does not apply to a mount that may be written', [bind('/srv')], engine('24.0.9', '5.10.0'), {}, 'not-applicable'],
    [
      'does not apply to a narrow folder',
      [bind('/srv/app/conf', false)],
      engine('24.0.9', '5.10.0'),
      {},
      'not-applicable',
    ],
    ['can not tell without the engine', [bind('/srv', false)], engine(undefined, '6.1.0'), {}, 'unknown'],
    ['can not tell without the kernel', [bind('/srv', false)], engine('28.5.2', undefined), {}, 'unknown'],
    [
      'can not tell whether it is read-only',
      [bind('/srv', undefined)].map((one) => ({ ...one, RW: undefined })),
      current,
      {},
      'unknown',
    ],
    ['can not tell without the mounts', undefined, current, {}, 'unknown'],
  ])('%s', ([, mounts, given, hostConfig, outcome]) => {
    expect(outcomesOf(readOnlyNotRecursive, mounting(mounts, given, { hostConfig }))).toEqual([outcome]);
  });

  test('of the root folder and /sys is said by the other check', () => {
    const old = engine('24.0.9', '5.10.0');
    expect(resultsOf(readOnlyNotRecursive, mounting([bind('/', false)], old))).toMatchObject([
      { causedBy: 'container-sensitive-host-mounts' },
    ]);
    expect(
      resultsOf(readOnlyNotRecursive, mounting([bind('/', false), bind('/srv', false)], old))[0]?.causedBy,
    ).toBeUndefined();
  });

  test('knows folders that hold nothing', () => {
    const snapshot = mounting([bind('/srv', false)], engine('24.0.9', '5.10.0'));
    expect(outcomesOf(readOnlyNotRecursive, snapshot, { leafPaths: ['/srv'] })).toEqual(['not-applicable']);
  });
});

describe('a socket proxy', () => {
  const variable = (name: string, value?: string): EnvironmentVariable => ({
    name,
    verdict: { kind: 'plain' },
    ...(value === undefined ? {} : { value }),
  });
  const internal = aNetwork({ Id: 'n-inner', Name: 'inner', Driver: 'bridge', Internal: true });
  const shared = aNetwork({ Id: 'n-app', Name: 'app', Driver: 'bridge', Internal: false });
  const on = (name: string, network: string, more: GivenContainer = {}) =>
    aContainer({
      name,
      ...more,
      hostConfig: { NetworkMode: network, PublishAllPorts: false, PortBindings: {}, ...more.hostConfig },
      config: { environment: [], Cmd: null, Entrypoint: null, ...more.config },
      inspect: {
        Mounts: [],
        NetworkSettings: { Ports: {}, Networks: { [network]: { NetworkID: `n-${network}` } } },
        ...more.inspect,
      },
    });
  const proxy = (environment: EnvironmentVariable[] | undefined, network = 'inner', more: GivenContainer = {}) =>
    on('proxy', network, {
      image: 'tecnativa/docker-socket-proxy:0.3.0',
      ...more,
      config: { environment, ...more.config },
      inspect: {
        Mounts: [bind('/run/docker.sock', false)],
        NetworkSettings: { Ports: {}, Networks: { [network]: { NetworkID: `n-${network}` } } },
        ...more.inspect,
      },
    });
  const judged = (...containers: ReturnType<typeof on>[]) =>
    resultsOf(socketProxy, aSnapshot({ containers, networks: { value: [internal, shared] } }))[0];
  const web = on('web', 'inner');

  test.for<[string, ReturnType<typeof on>[], string]>([
    [
      'passes where it only reads, on an internal network',
      [proxy([variable('CONTAINERS', '1'), variable('POST', '0')]), web],
      'pass',
    ],
    ['fails where it lets requests write', [proxy([variable('POST', '1')]), web], 'fail'],
    ['fails where it passes on a dangerous part', [proxy([variable('EXEC', 'true')]), web], 'fail'],
    ['fails where it is beside a stranger', [proxy([], 'app'), on('web', 'app')], 'fail'],
    [
      'passes beside a client that is labelled',
      [proxy([], 'app'), on('web', 'app', { labels: { 'plimsoll.proxy-client': '' } })],
      'pass',
    ],
    [
      'passes beside a client that names it',
      [proxy([], 'app'), on('web', 'app', { config: { environment: [variable('DOCKER_HOST', 'tcp://proxy:2375')] } })],
      'pass',
    ],
    [
      'fails where it is published',
      [
        proxy([], 'inner', {
          inspect: {
            Mounts: [bind('/run/docker.sock')],
            NetworkSettings: {
              Ports: { '2375/tcp': [{ HostIp: '127.0.0.1', HostPort: '2375' }] },
              Networks: { inner: { NetworkID: 'n-inner' } },
            },
          },
        }),
      ],
      'fail',
    ],
    ['fails on the network of the host', [proxy([], 'host')], 'fail'],
    ['can not tell a switch whose value was not kept', [proxy([variable('POST')]), web], 'unknown'],
    ['takes an empty one for off', [proxy([{ name: 'POST', verdict: { kind: 'empty' } }]), web], 'pass'],
    ['can not tell without the environment', [proxy(undefined), web], 'unknown'],
    [
      'can not tell a proxy that is not in the table',
      [proxy([], 'inner', { image: 'mine/socket-proxy:1' })],
      'unknown',
    ],
    [
      'does not apply to another holder of the socket',
      [proxy([], 'inner', { image: 'portainer/portainer-ce:2.21.0' })],
      'not-applicable',
    ],
    ['does not apply without the socket', [proxy([], 'inner', { inspect: { Mounts: [] } })], 'not-applicable'],
  ])('%s', ([, containers, outcome]) => {
    expect(judged(...containers)?.outcome).toBe(outcome);
  });

  test('is critical where its clients may create containers', () => {
    expect(judged(proxy([variable('POST', '1'), variable('CONTAINERS', '1')]), web)).toMatchObject({
      outcome: 'fail',
      severity: 'critical',
    });
  });

  test('warns that reading is not harmless', () => {
    expect(judged(proxy([variable('CONTAINERS', '1')]), web)?.reason).toContain('every environment');
  });

  test.for([
    ['a rule for GET', ['-allowGET=/v1\\..*/containers/json'], 'pass'],
    ['a rule for POST', ['-allowGET=.*', '-allowPOST=/v1\\..*/containers/.*/restart'], 'fail'],
    ['a rule for POST in another spelling', ['--allowPOST=.*'], 'fail'],
  ] as const)('is told by its command line: %s', ([, Cmd, outcome]) => {
    const container = proxy([], 'inner', {
      image: 'wollomatic/socket-proxy:1.5.0',
      config: { environment: [], Cmd: [...Cmd], Entrypoint: null },
    });
    expect(judged(container, web)?.outcome).toBe(outcome);
  });
});

describe('containers that control Docker', () => {
  const plain: Partial<HostConfig> = {
    Privileged: false,
    CapAdd: null,
    CapDrop: null,
    PidMode: '',
    NetworkMode: 'bridge',
    PublishAllPorts: false,
    PortBindings: {},
  };
  const holder = (
    image: string | undefined,
    mounts: MountPoint[] | undefined,
    hostConfig: Partial<HostConfig> = {},
    more: GivenContainer = {},
  ) =>
    aContainer({
      ...(image === undefined ? { image: 'sha256:0123456789abcdef' } : { image }),
      ...more,
      hostConfig: { ...plain, ...hostConfig },
      inspect: { Mounts: mounts, NetworkSettings: { Ports: {}, Networks: {} }, ...more.inspect },
    });
  const judged = (container: ReturnType<typeof holder>, parameters = {}) =>
    resultsOf(managementContainer, aSnapshot({ containers: [container] }), parameters)[0];
  const socket = [bind('/var/run/docker.sock')];

  test.for<[string, ReturnType<typeof holder>, string, string | undefined, string | undefined]>([
    ['a known console passes', holder('portainer/portainer-ce:2.21.4', socket), 'pass', undefined, undefined],
    [
      'so does one from a mirror, by digest',
      holder(`mirror.example:5000/portainer/portainer-ee@sha256:${'a'.repeat(64)}`, socket),
      'pass',
      undefined,
      undefined,
    ],
    ['one from a moving tag fails', holder('portainer/portainer-ce:latest', socket), 'fail', 'high', undefined],
    ['one from a tag of two numbers fails', holder('portainer/portainer-ce:2.21', socket), 'fail', 'high', undefined],
    [
      'one with more than it needs fails, as another check does',
      holder('portainer/portainer-ce:2.21.4', socket, { Privileged: true }),
      'fail',
      'high',
      'container-privileged',
    ],
    [
      'a reader with the socket itself fails, as another check does',
      holder('traefik:v3.1.2', socket),
      'fail',
      'high',
      'container-docker-socket',
    ],
    [
      'an exporter passes with the root folder to be read',
      holder('prom/node-exporter:v1.8.2', [bind('/', false)], { PidMode: 'host', NetworkMode: 'host' }),
      'pass',
      undefined,
      undefined,
    ],
    [
      'the same writable fails',
      holder('prom/node-exporter:v1.8.2', [bind('/')]),
      'fail',
      'high',
      'container-sensitive-host-mounts',
    ],
    [
      'one that nobody knows is critical',
      holder('mine/tool:1.0.0', socket),
      'fail',
      'critical',
      'container-docker-socket',
    ],
    [
      'one that nobody knows with another socket',
      holder('mine/tool:1.0.0', [bind('/run/systemd/private')]),
      'fail',
      'critical',
      'host-control-socket',
    ],
    ['one without a name can not be told', holder(undefined, socket), 'unknown', undefined, undefined],
    ['without the mounts it can not be told', holder('mine/tool:1.0.0', undefined), 'unknown', undefined, undefined],
    [
      'without capabilities a known one can not be told',
      holder('portainer/portainer-ce:2.21.4', socket, { CapAdd: undefined }),
      'unknown',
      undefined,
      undefined,
    ],
    [
      'one without access does not matter',
      holder('portainer/portainer-ce:latest', [bind('/srv')]),
      'not-applicable',
      undefined,
      undefined,
    ],
    [
      'nor does the client of Docker without the socket',
      holder('docker:27-cli', []),
      'not-applicable',
      undefined,
      undefined,
    ],
  ])('%s', ([, container, outcome, severity, causedBy]) => {
    const result = judged(container);
    expect(result).toMatchObject({ outcome, ...(severity && { severity }) });
    expect(result?.causedBy).toBe(causedBy);
  });

  test('fails for a console that is open on every address', () => {
    const open = (HostIp: string) =>
      holder(
        'portainer/portainer-ce:2.21.4',
        socket,
        {},
        {
          inspect: {
            Mounts: socket,
            NetworkSettings: { Ports: { '9443/tcp': [{ HostIp, HostPort: '9443' }] }, Networks: {} },
          },
        },
      );
    expect(judged(open('0.0.0.0'))).toMatchObject({ outcome: 'fail', severity: 'high' });
    expect(judged(open('127.0.0.1'))).toMatchObject({ outcome: 'pass' });
  });

  test('knows an image by the label that names its source', () => {
    const labels = { 'org.opencontainers.image.source': 'https://github.com/portainer/portainer.git' };
    expect(judged(holder(undefined, socket, {}, { labels }))?.outcome).toBe('pass');
  });

  test('takes one of our own', () => {
    const known = { 'mine/*': { task: 'our own agent', needs: ['socket'] } };
    expect(judged(holder('mine/tool:1.0.0', socket), { known })?.outcome).toBe('pass');
  });
});

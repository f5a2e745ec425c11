import type { EnginePlugin, EngineVolume, MountPoint } from '@plimsoll/snapshot';
import { describe, expect, test } from 'vitest';
import {
  type GivenContainer,
  type GivenSnapshot,
  aContainer,
  aSnapshot,
  outcomesOf,
  resultsOf,
} from '../testing/builders.ts';
import authorizationPluginSound from './authorization-plugin-sound.ts';
import pluginPrivileges from './plugin-privileges.ts';
import sharedWritableData from './shared-writable-data.ts';
import volumeHiddenBind from './volume-hidden-bind.ts';
import volumeNetworkStorage from './volume-network-storage.ts';

const aVolume = (Options: EngineVolume['Options'] | undefined, Driver: string | undefined = 'local'): EngineVolume => ({
  Name: 'data',
  Driver,
  Options,
});
const bind = (Source: string, RW = true): MountPoint => ({ Type: 'bind', Source, Destination: '/x', RW });
const mountOf = (Name: string, RW = true): MountPoint => ({
  Type: 'volume',
  Name,
  Driver: 'local',
  Destination: '/x',
  RW,
});
const using = (name: string, mounts: MountPoint[] | undefined, more: GivenContainer = {}) =>
  aContainer({ name, ...more, inspect: { Mounts: mounts, ...more.inspect } });
const host = (volumes: EngineVolume[], containers: ReturnType<typeof using>[] = []) =>
  aSnapshot({ containers, volumes: { value: volumes } });

describe('a bind hidden in a volume', () => {
  const binding = (device: string, o = 'bind') => aVolume({ type: 'none', o, device });
  test.for<[string, EngineVolume, string]>([
    ['fails for a sensitive folder', binding('/etc'), 'fail'],
    ['fails for the socket of the engine', binding('/run/docker.sock', 'rbind'), 'fail'],
    ['fails for credentials', binding('/home/alice/.ssh'), 'fail'],
    ['fails for a control socket', binding('/run/systemd/private'), 'fail'],
    ['fails for a disk of the host', aVolume({ type: 'ext4', device: '/dev/sda1' }), 'fail'],
    ['passes for an ordinary folder', binding('/srv/data'), 'pass'],
    ['passes for memory', aVolume({ type: 'tmpfs', device: 'tmpfs', o: 'size=100m' }), 'pass'],
    ['passes without bind in the options', aVolume({ type: 'nfs', device: ':/etc', o: 'addr=192.0.2.1' }), 'pass'],
    ['does not apply to an ordinary volume, whose options are null', aVolume(null), 'not-applicable'],
    ['can not tell another driver’s options', aVolume({ mountpoint: '/etc' }, 'rexray'), 'unknown'],
    ['can not tell without the options', aVolume(undefined), 'unknown'],
  ])('%s', ([, volume, outcome]) => {
    expect(outcomesOf(volumeHiddenBind, host([volume]))).toEqual([outcome]);
  });

  test('weighs as much as the path does, one step less while nobody uses it', () => {
    expect(resultsOf(volumeHiddenBind, host([binding('/etc')]))).toMatchObject([{ severity: 'high' }]);
    const [used] = resultsOf(volumeHiddenBind, host([binding('/etc')], [using('web', [mountOf('data')])]));
    // Then it is reported at the container, by the check that looks at its mounts.
    expect(used).toMatchObject({ outcome: 'fail', severity: 'critical', causedBy: 'container-sensitive-host-mounts' });
  });

  test('read-only in its options makes it so', () => {
    const user = using('web', [mountOf('data')]);
    expect(resultsOf(volumeHiddenBind, host([binding('/etc', 'ro,bind')], [user]))).toMatchObject([
      { severity: 'medium' },
    ]);
  });

  test('names the worst of several reasons', () => {
    expect(resultsOf(volumeHiddenBind, host([binding('/', 'rbind')], [using('web', [mountOf('data')])]))).toMatchObject(
      [{ severity: 'critical', causedBy: 'container-docker-socket' }],
    );
  });
});

describe('network storage', () => {
  const nfs = (o: string, type = 'nfs') => aVolume({ type, device: ':/data', o });
  const cifs = (o: string) => aVolume({ type: 'cifs', device: '//storage/data', o });
  test.for<[string, EngineVolume, string, string | undefined]>([
    ['passes by Kerberos', nfs('addr=192.0.2.1,sec=krb5p,nfsvers=4.2'), 'pass', undefined],
    ['fails without', nfs('addr=192.0.2.1,nfsvers=4'), 'fail', 'medium'],
    ['fails without locks', nfs('addr=192.0.2.1,sec=krb5,nolock'), 'fail', 'medium'],
    ['fails for an old version', nfs('addr=192.0.2.1,sec=krb5,vers=3'), 'fail', 'medium'],
    ['reads the version of type nfs4', nfs('addr=192.0.2.1', 'nfs4'), 'fail', 'medium'],
    ['fails for a password among the options', cifs('username=x,password=[redacted]'), 'fail', 'high'],
    ['fails for a guest', cifs('guest'), 'fail', 'medium'],
    ['passes with a password in a file', cifs('credentials=/etc/cifs/data'), 'pass', undefined],
    ['passes by Kerberos for cifs too', cifs('sec=krb5i,multiuser'), 'pass', undefined],
    ['can not tell how cifs authenticates', cifs('vers=3.1.1'), 'unknown', undefined],
    ['can not tell another driver’s options', aVolume({ share: 'x' }, 'netshare'), 'unknown', undefined],
    ['can not tell without the options', aVolume(undefined), 'unknown', undefined],
    [
      'does not apply to a local folder',
      aVolume({ type: 'none', o: 'bind', device: '/srv' }),
      'not-applicable',
      undefined,
    ],
    ['does not apply to an ordinary volume', aVolume(null), 'not-applicable', undefined],
  ])('%s', ([, volume, outcome, severity]) => {
    expect(resultsOf(volumeNetworkStorage, host([volume]))).toMatchObject([{ outcome, ...(severity && { severity }) }]);
  });

  test('never shows a password, nor where one lies', () => {
    const [result] = resultsOf(
      volumeNetworkStorage,
      host([cifs('username=x,password=hunter2,credentials=/etc/secret')]),
    );
    expect(JSON.stringify(result?.evidence)).not.toMatch(/hunter2|secret/);
  });

  test('a network of storage alone makes it a remark, but not of a password', () => {
    const parameters = { trustedStorageNetworks: ['192.0.2.0/24'] };
    expect(resultsOf(volumeNetworkStorage, host([nfs('addr=192.0.2.1')]), parameters)).toMatchObject([
      { severity: 'info' },
    ]);
    expect(resultsOf(volumeNetworkStorage, host([nfs('addr=198.51.100.1')]), parameters)).toMatchObject([
      { severity: 'medium' },
    ]);
    expect(resultsOf(volumeNetworkStorage, host([cifs('addr=192.0.2.1,password=x')]), parameters)).toMatchObject([
      { severity: 'high' },
    ]);
  });

  test('the policy may allow version 3', () => {
    expect(outcomesOf(volumeNetworkStorage, host([nfs('sec=krb5,vers=3')]), { allowNfsV3: true })).toEqual(['pass']);
  });
});

describe('shared data', () => {
  const of = (project: string | undefined): GivenContainer => ({
    labels: project === undefined ? {} : { 'com.docker.compose.project': project },
  });
  const data = aVolume(null);
  const judged = (containers: ReturnType<typeof using>[], volumes = [data], parameters = {}) =>
    resultsOf(sharedWritableData, host(volumes, containers), parameters).map(({ outcome, subject }) => [
      subject.name,
      outcome,
    ]);

  test.for<[string, ReturnType<typeof using>[], string]>([
    [
      'fails for two projects of which one writes',
      [using('a', [mountOf('data')], of('shop')), using('b', [mountOf('data', false)], of('blog'))],
      'fail',
    ],
    [
      'passes for two that only read',
      [using('a', [mountOf('data', false)], of('shop')), using('b', [mountOf('data', false)], of('blog'))],
      'pass',
    ],
    [
      'passes for two containers of one project',
      [using('a', [mountOf('data')], of('shop')), using('b', [mountOf('data')], of('shop'))],
      'pass',
    ],
    [
      'can not tell for one of no project',
      [using('a', [mountOf('data')], of('shop')), using('b', [mountOf('data')], of(undefined))],
      'unknown',
    ],
    [
      'can not tell for two of no project',
      [using('a', [mountOf('data')], of(undefined)), using('b', [mountOf('data')], of(undefined))],
      'unknown',
    ],
    [
      'can not tell without labels',
      [using('a', [mountOf('data')], of('shop')), using('b', [mountOf('data')], { labels: undefined })],
      'unknown',
    ],
    [
      'can not tell without the mounts of another',
      [using('a', [mountOf('data')], of('shop')), using('b', undefined, of('blog'))],
      'unknown',
    ],
    [
      'counts a stopped container',
      [using('a', [mountOf('data')], of('shop')), using('b', [mountOf('data')], { ...of('blog'), state: 'exited' })],
      'fail',
    ],
    ['does not apply to one user', [using('a', [mountOf('data'), mountOf('data')], of('shop'))], 'not-applicable'],
  ])('%s', ([, containers, outcome]) => {
    expect(judged(containers)).toEqual([['data', outcome]]);
  });

  test('one without a project weighs next to nothing', () => {
    const containers = [using('a', [mountOf('data')], of('shop')), using('b', [mountOf('data')], of(undefined))];
    expect(resultsOf(sharedWritableData, host([data], containers))).toMatchObject([
      { outcome: 'unknown', severity: 'info' },
    ]);
  });

  test('is found by host path, by a folder above it, and by the device of a volume', () => {
    const reader = using('b', [bind('/srv/shop', false)], of('blog'));
    expect(judged([using('a', [bind('/srv/shop')], of('shop')), reader], [])).toEqual([['/srv/shop', 'fail']]);
    expect(judged([using('a', [bind('/srv/shop/data')], of('shop')), reader], [])).toEqual([
      ['/srv/shop/data', 'fail'],
    ]);
    expect(judged([using('a', [bind('/srv/shopping')], of('shop')), reader], [])).toEqual([]);
    const hidden = aVolume({ type: 'none', o: 'bind', device: '/srv/shop' });
    expect(judged([using('a', [mountOf('data')], of('shop')), reader], [hidden])).toEqual([
      ['data', 'not-applicable'],
      ['/srv/shop', 'fail'],
    ]);
  });

  test('leaves sensitive paths to their own checks, and what is meant to be shared alone', () => {
    const both = (path: string) => [using('a', [bind(path)], of('shop')), using('b', [bind(path)], of('blog'))];
    for (const path of ['/', '/etc', '/var/run/docker.sock', '/etc/localtime', '/srv/letsencrypt'])
      expect(judged(both(path), [])).toEqual([]);
    expect(judged(both('/srv/media'), [], { sharedByDesign: ['/srv/media'] })).toEqual([]);
  });

  test('a stack is a project as well', () => {
    const stack = (name: string): GivenContainer => ({ labels: { 'com.docker.stack.namespace': name } });
    expect(judged([using('a', [mountOf('data')], stack('x')), using('b', [mountOf('data')], stack('y'))])).toEqual([
      ['data', 'fail'],
    ]);
  });
});

describe('rights of plugins', () => {
  const plugin = (
    config: Partial<NonNullable<EnginePlugin['Config']>> = {},
    more: Partial<EnginePlugin> = {},
  ): EnginePlugin => ({
    Name: 'example/plugin:latest',
    Enabled: true,
    Settings: { Mounts: [], Devices: [] },
    Config: {
      Interface: { Types: ['docker.volumedriver/1.0'], Socket: 'p.sock' },
      Network: { Type: 'none' },
      Linux: { Capabilities: null, AllowAllDevices: false, Devices: null },
      PidHost: false,
      IpcHost: false,
      PropagatedMount: '',
      Mounts: null,
      ...config,
    },
    ...more,
  });
  const judged = (plugins: EnginePlugin[], parameters = {}, given: GivenSnapshot = {}) =>
    resultsOf(pluginPrivileges, aSnapshot({ ...given, plugins: { value: plugins } }), parameters)[0];
  const admin = { Linux: { Capabilities: ['CAP_SYS_ADMIN'], AllowAllDevices: false, Devices: null } };

  test.for<[string, EnginePlugin[], string]>([
    ['pass where there are none', [plugin()], 'pass'],
    ['fail for a capability', [plugin(admin)], 'fail'],
    ['fail for all devices', [plugin({ Linux: { Capabilities: null, AllowAllDevices: true, Devices: null } })], 'fail'],
    ['fail for the processes of the host', [plugin({ PidHost: true })], 'fail'],
    ['fail for the network of the host', [plugin({ Network: { Type: 'host' } })], 'fail'],
    [
      'fail for the mount that is in force',
      [plugin({}, { Settings: { Mounts: [{ Source: '/etc', Destination: '/x' }], Devices: [] } })],
      'fail',
    ],
    [
      'pass for a mount that was only wished for',
      [plugin({ Mounts: [{ Source: '/etc', Destination: '/x', Type: 'bind' }] })],
      'pass',
    ],
    ['do not matter in one that is disabled', [plugin(admin, { Enabled: false })], 'not-applicable'],
    ['do not exist without plugins', [], 'not-applicable'],
    [
      'can not be told without the capabilities',
      [plugin({ Linux: { Capabilities: undefined, AllowAllDevices: false, Devices: null } })],
      'unknown',
    ],
    ['can not be told without the settings', [plugin({}, { Settings: undefined })], 'unknown'],
  ])('%s', ([, plugins, outcome]) => {
    expect(judged(plugins)?.outcome).toBe(outcome);
  });

  test('can be meant, one by one', () => {
    const allowed = { 'example/*': ['SYS_ADMIN'] };
    expect(judged([plugin(admin)], { allowed })?.outcome).toBe('pass');
    expect(judged([plugin({ ...admin, PidHost: true })], { allowed })?.outcome).toBe('fail');
  });

  test('are explained for a volume plugin, and the state of NRI is told', () => {
    const NRI = { Info: [['enabled', 'true']] };
    const result = judged([plugin({ ...admin, PropagatedMount: '/mnt' })], {}, { info: { NRI } });
    expect(result?.reason).toContain('mounts by nature');
    expect(result?.reason).toContain('NRI');
  });

  test('do not exist on Podman, which has no list of them', () => {
    const podman = aSnapshot({
      version: { Components: [{ Name: 'Podman Engine' }] },
      plugins: { missing: 'not-found', detail: '404' },
    });
    expect(outcomesOf(pluginPrivileges, podman)).toEqual(['not-applicable']);
  });

  test('can not be told where the list was refused', () => {
    const denied = aSnapshot({ plugins: { missing: 'denied', detail: '403' } });
    expect(outcomesOf(pluginPrivileges, denied)).toEqual(['unknown']);
  });
});

describe('an authorization plugin', () => {
  const authz = (Enabled: boolean | undefined, Types = ['docker.authz/1.0']): EnginePlugin => ({
    Name: 'opa:latest',
    Enabled,
    Config: { Interface: { Types } },
  });
  const judged = (
    names: string[] | null | undefined,
    plugins: EnginePlugin[],
    Version: string | undefined = '29.4.0',
    given: GivenSnapshot = {},
  ) =>
    resultsOf(
      authorizationPluginSound,
      aSnapshot({
        ...given,
        info: {
          Plugins: { Volume: null, Network: null, Authorization: names, Log: null },
          ServerVersion: Version,
          OperatingSystem: 'Example Linux',
        },
        version: { Version, Platform: { Name: 'Docker Engine - Community' } },
        plugins: { value: plugins },
      }),
    )[0];

  test.for<[string, string[] | null | undefined, EnginePlugin[], string, string]>([
    ['passes where it is enabled, in an engine without known ways past it', ['opa'], [authz(true)], '29.4.0', 'pass'],
    ['fails where it is disabled', ['opa:latest'], [authz(false)], '29.4.0', 'fail'],
    ['fails where it is none', ['opa'], [authz(true, ['docker.volumedriver/1.0'])], '29.4.0', 'fail'],
    ['fails where requests get past it', ['opa'], [authz(true)], '26.1.3', 'fail'],
    ['can not tell one of the old kind', ['old-authz'], [authz(true)], '29.4.0', 'unknown'],
    ['can not tell a distribution’s engine', ['opa'], [authz(true)], '20.10.24+dfsg1', 'unknown'],
    ['can not tell whether it is enabled', ['opa'], [authz(undefined)], '29.4.0', 'unknown'],
    ['can not tell a version that is none', ['opa'], [authz(true)], 'dev', 'unknown'],
    ['can not tell without the names', undefined, [], '29.4.0', 'unknown'],
    ['does not apply where none is configured', null, [], '29.4.0', 'not-applicable'],
  ])('%s', ([, names, plugins, version, outcome]) => {
    expect(judged(names, plugins, version)?.outcome).toBe(outcome);
  });

  test('a way past it is known-vulnerability’s finding', () => {
    expect(judged(['opa'], [authz(true)], '26.1.3')).toMatchObject({
      causedBy: 'known-vulnerability',
      reason: expect.stringContaining('CVE-2024-41110'),
    });
    expect(judged(['opa'], [authz(false)], '26.1.3')?.causedBy).toBeUndefined();
  });
});

import type { HostFiles } from '@plimsoll/snapshot';
import { describe, expect, test } from 'vitest';
import { type GivenSnapshot, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import { aSocket, aTidyHost, aUnit, dockerService, nothing, units } from '../testing/host-file-builders.ts';
import sockets from './host-sockets.ts';

const containerdAddress: GivenSnapshot = { info: { Containerd: { Address: '/run/containerd/containerd.sock' } } };
const hostOf = (given: HostFiles) => aSnapshot({ hostFiles: aTidyHost(given), ...containerdAddress });
const named = (id: string) => {
  const found = sockets.find((check) => check.id === id);
  if (found === undefined) throw new Error(`no check ${id}`);
  return found;
};
const socketUnit = (...assignments: string[]): HostFiles => ({
  units: {
    'docker.socket': aUnit(`${units}/docker.socket`, ['Socket.ListenStream=/run/docker.sock', ...assignments]),
  },
});
const startedWith = (words: string): HostFiles => ({
  units: { 'docker.service': aUnit(`${units}/docker.service`, [`Service.ExecStart=/usr/bin/dockerd ${words}`]) },
});

describe('docker-socket-owner', () => {
  const check = named('docker-socket-owner');
  test.for<[string, string, HostFiles]>([
    ['root and docker', 'pass', socketUnit('Socket.SocketUser=root', 'Socket.SocketGroup=docker')],
    ['a group left out is root', 'pass', socketUnit()],
    ['another user', 'fail', socketUnit('Socket.SocketUser=app', 'Socket.SocketGroup=docker')],
    ['another group', 'fail', socketUnit('Socket.SocketGroup=users')],
    ['docker by its number', 'pass', socketUnit('Socket.SocketGroup=999')],
    ['the group that dockerd takes by itself', 'pass', startedWith('-H unix:///run/docker.sock')],
    ['the group named to dockerd', 'fail', startedWith('-H unix:///run/docker.sock -G users')],
    ['the default address', 'fail', startedWith('--group=users')],
    ['systemd makes the socket, so --group does nothing', 'pass', startedWith('-H fd:// --group users')],
    ['both make one', 'fail', startedWith('-H fd:// -H unix:///run/docker.sock --group users')],
    ['only TCP', 'not-applicable', startedWith('-H tcp://127.0.0.1:2376')],
    ['a socket that is not there', 'not-applicable', { paths: { '/run/docker.sock': nothing } }],
    ['groups not seen', 'unknown', { ...startedWith(''), groups: undefined }],
    ['the unit not seen', 'unknown', { units: { 'docker.socket': {} } }],
    ['the socket not seen', 'unknown', { paths: { '/run/docker.sock': {} } }],
  ])('%s: %s', ([, outcome, given]) => {
    expect(outcomesOf(check, hostOf(given))).toEqual([outcome]);
  });
  test('says that it is inferred, and takes the groups it is told', () => {
    expect(resultsOf(check, hostOf({}))[0]?.reason).toContain('inferred');
    expect(outcomesOf(check, hostOf({}), { allowedGroups: [] })).toEqual(['fail']);
    expect(outcomesOf(check, hostOf(socketUnit()), { acceptRootGroup: false })).toEqual(['fail']);
  });
});

describe('docker-socket-mode', () => {
  const check = named('docker-socket-mode');
  const measured = (mode: number | undefined, more: HostFiles = {}) =>
    hostOf({ ...more, paths: { '/run/docker.sock': { ...aSocket(), mode } } });
  test.for<[string, string, number]>([
    ['0660', 'pass', 0o660],
    ['0600', 'pass', 0o600],
    ['sticky, as rootless daemons set it', 'pass', 0o1660],
    ['readable by others', 'fail', 0o664],
    ['a smaller number that others may write to', 'fail', 0o606],
    ['an execute bit', 'fail', 0o710],
  ])('%s: %s', ([, outcome, mode]) => {
    expect(outcomesOf(check, measured(mode))).toEqual([outcome]);
  });
  test('weighs most where everyone may write', () => {
    expect(resultsOf(check, measured(0o666))).toMatchObject([{ severity: 'critical' }]);
    expect(resultsOf(check, measured(0o664))).toMatchObject([{ severity: 'high' }]);
  });
  test('can not tell without the mode, and does not apply without a socket', () => {
    expect(outcomesOf(check, measured(undefined))).toEqual(['unknown']);
    expect(outcomesOf(check, hostOf(startedWith('-H tcp://127.0.0.1:2376')))).toEqual(['not-applicable']);
  });
  test('tells what the next start will make of it', () => {
    expect(resultsOf(check, hostOf(socketUnit('Socket.SocketMode=0666')))).toMatchObject([
      { outcome: 'pass', reason: expect.stringContaining('0666') },
    ]);
    expect(resultsOf(check, hostOf(socketUnit('Socket.SocketMode=0660')))[0]?.reason).not.toContain('next start');
  });
  test('judges every socket that the daemon is told to open', () => {
    const two = startedWith('-H unix:///run/docker.sock -H unix:///srv/api.sock');
    expect(outcomesOf(check, hostOf({ ...two, paths: { '/srv/api.sock': aSocket(0o666) } }))).toEqual(['fail']);
  });
  test('resolves the usual link /var/run', () => {
    expect(outcomesOf(check, measured(0o666, startedWith('')))).toEqual(['fail']);
  });
});

describe('containerd-socket-owner', () => {
  const check = named('containerd-socket-owner');
  const config = (given: HostFiles['containerdConfig']): HostFiles => ({ containerdConfig: given });
  const grpc = { uid: 0, gid: 0 };
  test.for<[string, string, HostFiles]>([
    ['root', 'pass', {}],
    ['no configuration', 'pass', config({ path: '/etc/containerd/config.toml', state: 'absent' })],
    ['another user', 'fail', config({ state: 'read', grpc: { uid: 1000, gid: 0 }, imports: [] })],
    ['another group', 'fail', config({ state: 'read', grpc: { uid: 0, gid: 999 }, imports: [] })],
    [
      'imports may say otherwise',
      'unknown',
      config({ state: 'read', grpc, imports: ['/etc/containerd/conf.d/*.toml'] }),
    ],
    ['a file that can not be read', 'unknown', config({ state: 'malformed' })],
    ['no socket', 'not-applicable', { paths: { '/run/containerd/containerd.sock': nothing } }],
  ])('%s: %s', ([, outcome, given]) => {
    expect(outcomesOf(check, hostOf(given))).toEqual([outcome]);
  });
  test('the containerd that dockerd starts has a configuration of its own', () => {
    const path = '/var/run/docker/containerd/containerd.sock';
    const own = { paths: { '/run/docker/containerd/containerd.sock': aSocket() } };
    const info = { Containerd: { Address: path } };
    const service = { units: { 'docker.service': aUnit('/d', ['Service.ExecStart=/usr/bin/dockerd']) } };
    expect(outcomesOf(check, aSnapshot({ hostFiles: aTidyHost({ ...own, ...service }), info }))).toEqual(['unknown']);
  });
});

describe('containerd-socket-mode', () => {
  const check = named('containerd-socket-mode');
  const path = '/run/containerd/containerd.sock';
  test.for<[string, number | undefined]>([
    ['pass', 0o660],
    ['fail', 0o666],
    ['fail', 0o606],
    ['unknown', undefined],
  ])('%s for %o', ([outcome, mode]) => {
    expect(outcomesOf(check, hostOf({ paths: { [path]: { ...aSocket(), mode } } }))).toEqual([outcome]);
  });
  test('does not apply without a socket', () => {
    expect(outcomesOf(check, hostOf({ paths: { [path]: nothing } }))).toEqual(['not-applicable']);
  });
  test('takes --containerd, else what the engine tells, else the usual place of engines that tell nothing', () => {
    const silent = (hostFiles: HostFiles) => aSnapshot({ hostFiles: aTidyHost(hostFiles) });
    const plain = startedWith('-H fd://');
    expect(outcomesOf(check, silent({ units: { 'docker.service': dockerService() } }))).toEqual(['pass']);
    expect(outcomesOf(check, silent(plain))).toEqual(['unknown']);
    expect(outcomesOf(check, { ...silent(plain), apiVersion: '1.41' })).toEqual(['pass']);
  });
});

import type { HostFiles } from '@plimsoll/snapshot';
import { describe, expect, test } from 'vitest';
import { type GivenSnapshot, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import { aFile, aTidyHost, aUnit, dockerService, nothing, units } from '../testing/host-file-builders.ts';
import clientKeys from './client-keys-on-host.ts';
import trustedMembers from './docker-group-trusted-members.ts';

const hostOf = (given: HostFiles, more: GivenSnapshot = {}) => aSnapshot({ hostFiles: aTidyHost(given), ...more });

describe('docker-group-trusted-members', () => {
  const group = (members: string[] | null, more: HostFiles = {}): HostFiles => ({
    groups: [
      { name: 'docker', gid: 999, members },
      { name: 'ops', gid: 50, members: ['eve'] },
      { name: 'root', gid: 0, members: [] },
    ],
    users: [
      { name: 'root', uid: 0, gid: 0 },
      { name: 'app', uid: 1000, gid: 1000 },
    ],
    ...more,
  });
  const root = { name: 'root', uid: 0, gid: 0 };
  test.for<[string, string, string[], HostFiles]>([
    ['no member', 'pass', [], group(null)],
    ['a trusted member', 'pass', ['app'], group(['app'])],
    ['a member who is not trusted', 'fail', ['app'], group(['app', 'eve'])],
    ['members, and nobody said who is trusted', 'unknown', [], group(['app'])],
    [
      'an account whose own group it is',
      'fail',
      ['app'],
      group([], { users: [root, { name: 'ci', uid: 7, gid: 999 }] }),
    ],
    ['groups of a directory service', 'unknown', ['app'], group(['app'], { groupSources: ['files', 'sss'] })],
    ['actions between sources', 'pass', ['app'], group(['app'], { groupSources: ['files', '[NOTFOUND=return]'] })],
    ['sources not seen', 'unknown', ['app'], group(['app'], { groupSources: undefined })],
    ['members not seen', 'unknown', ['app'], { groups: [{ name: 'docker', gid: 999 }] }],
    ['accounts not seen', 'unknown', ['app'], group(['app'], { users: undefined })],
    [
      'another group of the socket',
      'fail',
      ['app'],
      group(['app'], {
        units: {
          'docker.socket': aUnit(`${units}/docker.socket`, [
            'Socket.ListenStream=/run/docker.sock',
            'Socket.SocketGroup=ops',
          ]),
        },
      }),
    ],
    [
      'without a group docker the socket is of root',
      'pass',
      [],
      {
        ...group([]),
        groups: [{ name: 'root', gid: 0, members: null }],
        units: { 'docker.service': aUnit('/d', ['Service.ExecStart=dockerd']) },
      },
    ],
  ])('%s: %s', ([, outcome, trustedUsers, given]) => {
    expect(outcomesOf(trustedMembers, hostOf(given), { trustedUsers })).toEqual([outcome]);
  });
  test('other accounts that are root are told', () => {
    const users = [root, { name: 'toor', uid: 0, gid: 5 }];
    expect(resultsOf(trustedMembers, hostOf(group([], { users })))[0]?.evidence).toContainEqual({
      source: 'other accounts with user id 0',
      value: ['toor'],
    });
  });
  test('does not apply to rootless daemons nor without a socket, can not tell without host files', () => {
    const rootless: GivenSnapshot = { info: { SecurityOptions: ['name=rootless'] } };
    const overTcp = { units: { 'docker.service': aUnit('/d', ['Service.ExecStart=dockerd -H tcp://127.0.0.1:2376']) } };
    expect(outcomesOf(trustedMembers, hostOf({}, rootless))).toEqual(['not-applicable']);
    expect(outcomesOf(trustedMembers, hostOf(overTcp))).toEqual(['not-applicable']);
    expect(outcomesOf(trustedMembers, aSnapshot())).toEqual(['unknown']);
  });
});

describe('client-keys-on-host', () => {
  const clean = {
    '/etc/docker/ca-key.pem': nothing,
    '/etc/docker/ca.key': nothing,
    '/root/.docker': nothing,
  };
  const client = (...contexts: { host: string; hasKey: boolean }[]): HostFiles => ({
    paths: { ...clean, '/root/.docker': aFile({ kind: 'folder' }), ...keysBelow(false) },
    clientFolders: [{ home: '/root', state: 'absent', contexts }],
  });
  const keysBelow = (key: boolean) => ({
    '/root/.docker/ca-key.pem': nothing,
    '/root/.docker/ca.key': nothing,
    '/root/.docker/key.pem': key ? aFile({ mode: 0o400 }) : nothing,
  });
  const none: HostFiles = { paths: clean, clientFolders: [{ home: '/root', state: 'absent' }] };
  test.for<[string, string, HostFiles]>([
    ['nothing there', 'pass', none],
    ['the key of an authority', 'fail', { ...none, paths: { ...clean, '/etc/docker/ca-key.pem': aFile() } }],
    ['a context with a key', 'fail', client({ host: 'tcp://other:2376', hasKey: true })],
    ['a context over ssh', 'pass', client({ host: 'ssh://root@other', hasKey: false })],
    ['a context for this host', 'pass', client({ host: 'unix:///var/run/docker.sock', hasKey: false })],
    ['a context without a key', 'unknown', client({ host: 'tcp://other:2375', hasKey: false })],
    ['contexts not seen', 'unknown', { paths: clean, clientFolders: [{ home: '/root', state: 'read' }] }],
    ['homes not seen', 'unknown', { paths: clean, clientFolders: [] }],
    ['the folder of an authority not seen', 'unknown', { ...none, paths: { '/root/.docker': nothing } }],
    [
      'a key that opens who knows what',
      'unknown',
      { ...client(), paths: { ...clean, '/root/.docker': {}, ...keysBelow(true) } },
    ],
  ])('%s: %s', ([, outcome, given]) => {
    expect(outcomesOf(clientKeys, hostOf(given))).toEqual([outcome]);
  });
  test('the key of an authority weighs most', () => {
    const given = { ...none, paths: { ...clean, '/etc/docker/ca.key': aFile() } };
    expect(resultsOf(clientKeys, hostOf(given))).toMatchObject([{ severity: 'critical' }]);
  });
  test('the key of the daemon itself belongs there', () => {
    const paths = { ...clean, '/root/.docker': aFile({ kind: 'folder' }), ...keysBelow(true) };
    const service = { 'docker.service': dockerService('--tlsverify') };
    expect(outcomesOf(clientKeys, hostOf({ ...client(), paths, units: service }))).toEqual(['pass']);
    expect(outcomesOf(clientKeys, hostOf({ ...client(), paths }))).toEqual(['unknown']);
    expect(outcomesOf(clientKeys, aSnapshot())).toEqual(['unknown']);
  });
});

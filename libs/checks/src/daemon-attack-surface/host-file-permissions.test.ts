import type { HostFiles, HostPath } from '@plimsoll/snapshot';
import { describe, expect, test } from 'vitest';
import { type GivenSnapshot, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import {
  aFile,
  aFolder,
  aLink,
  aTidyHost,
  aUnit,
  dockerService,
  nothing,
  units,
} from '../testing/host-file-builders.ts';
import modes from './host-file-modes.ts';
import owners from './host-file-owners.ts';

const hostOf = (given: HostFiles, more: GivenSnapshot = {}) => aSnapshot({ hostFiles: aTidyHost(given), ...more });
const named = (id: string) => {
  const found = [...owners, ...modes].find((check) => check.id === id);
  if (found === undefined) throw new Error(`no check ${id}`);
  return found;
};
const tls = (path: string, file: HostPath): HostFiles => ({
  units: {
    'docker.service': dockerService(
      '--tlsverify --tlscacert=/etc/docker/ca.pem --tlscert /etc/docker/cert.pem --tlskey=/etc/docker/key.pem',
    ),
  },
  paths: { [path]: file },
});
const sysconfig = (path: string, file: HostPath): HostFiles => ({ paths: { [path]: file } });

/** What each pair of checks looks at, the widest good mode, and a numerically smaller mode that is too wide. */
const rows: [string, string, number, number, (path: string, file: HostPath) => HostFiles][] = [
  ['docker-service-unit', `${units}/docker.service`, 0o644, 0o622, sysconfig],
  ['docker-socket-unit', `${units}/docker.socket`, 0o644, 0o606, sysconfig],
  ['docker-configuration-folder', '/etc/docker', 0o755, 0o733, sysconfig],
  ['tls-ca-file', '/etc/docker/ca.pem', 0o444, 0o426, tls],
  ['tls-certificate', '/etc/docker/cert.pem', 0o444, 0o426, tls],
  ['tls-key', '/etc/docker/key.pem', 0o400, 0o377, tls],
  ['daemon-json', '/etc/docker/daemon.json', 0o644, 0o606, sysconfig],
  ['default-docker-file', '/etc/default/docker', 0o644, 0o426, sysconfig],
  ['sysconfig-docker-file', '/etc/sysconfig/docker', 0o644, 0o622, sysconfig],
];

describe.for(rows)('%s', ([id, path, good, wide, given]) => {
  const like = path === '/etc/docker' ? aFolder : aFile;
  const owner = named(`${id}-owner`);
  const mode = named(`${id}-mode`);

  test('passes when root owns it and the mode grants no more than it may', () => {
    const snapshot = hostOf(given(path, like({ mode: good })));
    expect([owner, mode].flatMap((check) => outcomesOf(check, snapshot))).toEqual(['pass', 'pass']);
  });
  test.for([{ uid: 1000 }, { gid: 999 }])('fails when %o owns it', (ids) => {
    expect(outcomesOf(owner, hostOf(given(path, like({ mode: good, ...ids }))))).toEqual(['fail']);
  });
  test('fails for a mode that is wider though a smaller number', () => {
    expect(outcomesOf(mode, hostOf(given(path, like({ mode: wide }))))).toEqual(['fail']);
  });
  test('masks what stands above the permission bits', () => {
    expect(outcomesOf(mode, hostOf(given(path, like({ mode: 0o100_000 | good }))))).toEqual(['pass']);
  });
  test('judges what a link leads to', () => {
    const host = given(path, aLink('/srv/behind'));
    const linked = (file: HostPath) => hostOf({ ...host, paths: { ...host.paths, '/srv/behind': file } });
    expect(outcomesOf(owner, linked(like({ uid: 1000 })))).toEqual(['fail']);
    expect(outcomesOf(mode, linked(like({ mode: good })))).toEqual(['pass']);
    expect(outcomesOf(mode, linked(like({ mode: wide })))).toEqual(['fail']);
  });
  test('can not tell where owner, mode or the thing itself was not seen', () => {
    expect(outcomesOf(owner, hostOf(given(path, like({ uid: undefined }))))).toEqual(['unknown']);
    expect(outcomesOf(mode, hostOf(given(path, like({ mode: undefined }))))).toEqual(['unknown']);
    for (const check of [owner, mode]) {
      expect(outcomesOf(check, hostOf(given(path, {})))).toEqual(['unknown']);
      expect(outcomesOf(check, aSnapshot({ hostFiles: {} }))).toEqual(['unknown']);
      expect(resultsOf(check, aSnapshot())).toMatchObject([
        { outcome: 'unknown', wouldTell: 'Switch on reading host files for this host' },
      ]);
    }
  });
  test('does not apply where there is none, nor on Docker Desktop', () => {
    const desktop = hostOf(given(path, like()), { info: { OperatingSystem: 'Docker Desktop' } });
    for (const check of [owner, mode]) {
      expect(outcomesOf(check, hostOf(given(path, nothing)))).toEqual(['not-applicable']);
      expect(outcomesOf(check, desktop)).toEqual(['not-applicable']);
    }
  });
});

const rootless: GivenSnapshot = { info: { SecurityOptions: ['name=rootless'] } };
const remapped: GivenSnapshot = { info: { SecurityOptions: ['name=userns'] } };

test('a rootless daemon sees host root as nobody, and its own files as its own', () => {
  const nobody = { '/etc/default/docker': aFile({ uid: 65_534, gid: 65_534 }) };
  expect(outcomesOf(named('default-docker-file-owner'), hostOf({ paths: nobody }, rootless))).toEqual(['unknown']);
  expect(outcomesOf(named('daemon-json-owner'), hostOf({}, rootless))).toEqual(['pass']);
  expect(outcomesOf(named('docker-configuration-folder-owner'), hostOf({}, rootless))).toEqual(['not-applicable']);
});
test('with remapped users ids stay those of the host', () => {
  expect(outcomesOf(named('default-docker-file-owner'), hostOf({}, remapped))).toEqual(['pass']);
});
test('whether it is rootless must have been seen', () => {
  const blind: GivenSnapshot = { info: { missing: 'denied', detail: '403' } };
  expect(outcomesOf(named('default-docker-file-owner'), hostOf({}, blind))).toEqual(['unknown']);
});

describe('units', () => {
  const dropIn = '/etc/systemd/system/docker.service.d/10-proxy.conf';
  const withDropIn = (file: HostPath): HostFiles => ({
    paths: { [dropIn]: file },
    units: { 'docker.service': dockerService('', [], { dropIns: [dropIn] }) },
  });
  test('drop-ins count, unless told otherwise', () => {
    const owned = hostOf(withDropIn(aFile({ uid: 1000 })));
    const wide = hostOf(withDropIn(aFile({ mode: 0o666 })));
    expect(outcomesOf(named('docker-service-unit-owner'), owned)).toEqual(['fail']);
    expect(outcomesOf(named('docker-service-unit-owner'), owned, { includeDropIns: false })).toEqual(['pass']);
    expect(outcomesOf(named('docker-service-unit-mode'), wide)).toEqual(['fail']);
    expect(outcomesOf(named('docker-service-unit-mode'), wide, { includeDropIns: false })).toEqual(['pass']);
  });
  test('drop-ins that nobody listed leave it open', () => {
    const unseen = { units: { 'docker.service': dockerService('', [], { dropIns: undefined }) } };
    expect(outcomesOf(named('docker-service-unit-owner'), hostOf(unseen))).toEqual(['unknown']);
  });
  test.for([aUnit(null), dockerService('', [], { masked: true })])('no unit, or a masked one, is none', (unit) => {
    expect(outcomesOf(named('docker-service-unit-mode'), hostOf({ units: { 'docker.service': unit } }))).toEqual([
      'not-applicable',
    ]);
  });
});

test('a folder above that others may write to is told, a sticky one is not', () => {
  const above = (mode: number) =>
    resultsOf(named('daemon-json-mode'), hostOf({ paths: { '/etc': aFolder({ mode }) } }));
  expect(above(0o777)).toMatchObject([{ outcome: 'pass', reason: expect.stringContaining('/etc above it') }]);
  expect(above(0o1777)[0]?.reason).not.toContain('above it');
});
test('set-uid and set-gid count on a file and not on a folder', () => {
  const setId = { mode: 0o2644 };
  expect(outcomesOf(named('daemon-json-mode'), hostOf({ paths: { '/etc/docker/daemon.json': aFile(setId) } }))).toEqual(
    ['fail'],
  );
  expect(
    outcomesOf(
      named('docker-configuration-folder-mode'),
      hostOf({ paths: { '/etc/docker': aFolder({ mode: 0o3755 }) } }),
    ),
  ).toEqual(['pass']);
});
test('the file that the command line names is the one judged', () => {
  const elsewhere: HostFiles = {
    units: { 'docker.service': dockerService('--config-file=/srv/daemon.json') },
    paths: { '/srv/daemon.json': aFile({ mode: 0o666 }) },
  };
  expect(outcomesOf(named('daemon-json-mode'), hostOf(elsewhere))).toEqual(['fail']);
});
test('an environment file that the unit reads weighs more', () => {
  const wide: HostFiles = {
    paths: { '/etc/default/docker': aFile({ mode: 0o666, uid: 5 }) },
    units: { 'docker.service': dockerService('', ['Service.EnvironmentFile=-/etc/default/docker']) },
  };
  for (const id of ['default-docker-file-mode', 'default-docker-file-owner'])
    expect(resultsOf(named(id), hostOf(wide))).toMatchObject([{ outcome: 'fail', severity: 'high' }]);
});

describe('files of TLS', () => {
  const ca = named('tls-ca-file-mode');
  test.for<[number, string]>([
    [0o644, 'medium'],
    [0o464, 'critical'],
    [0o446, 'critical'],
  ])('a mode of %o weighs %s', ([mode, severity]) => {
    expect(resultsOf(ca, hostOf(tls('/etc/docker/ca.pem', aFile({ mode }))))).toMatchObject([
      { outcome: 'fail', severity },
    ]);
  });
  test('that only the owner may write can be told as a remark', () => {
    const outcome = (mode: number) =>
      resultsOf(ca, hostOf(tls('/etc/docker/ca.pem', aFile({ mode }))), { tolerateOwnerWrite: true })[0]?.severity;
    expect([outcome(0o644), outcome(0o664)]).toEqual(['info', 'critical']);
  });
  test('a key of 0600 needs the limit raised', () => {
    const snapshot = hostOf(tls('/etc/docker/key.pem', aFile({ mode: 0o600 })));
    expect(outcomesOf(named('tls-key-mode'), snapshot)).toEqual(['fail']);
    expect(outcomesOf(named('tls-key-mode'), snapshot, { maxMode: '0600' })).toEqual(['pass']);
  });
  test('TLS that is off and names no file has none', () => {
    expect(outcomesOf(ca, hostOf({}))).toEqual(['not-applicable']);
  });
  test.for<[string, string, string[]]>([
    ['--tlsverify', '/root/.docker/ca.pem', []],
    ['--tlsverify=false', '/root/.docker/ca.pem', []],
    ['--tls', '/srv/tls/ca.pem', ['Service.Environment="DOCKER_CERT_PATH=/srv/tls"']],
    ['--tlscacert ca.pem', '/ca.pem', []],
    ['$DOCKER_OPTS', '/opt/ca.pem', ['Service.Environment="DOCKER_OPTS=--tls --tlscacert /opt/ca.pem"']],
  ])('%s makes it %s', ([words, path, more]) => {
    const host = (file: HostPath): HostFiles => ({
      units: { 'docker.service': dockerService(words, more) },
      paths: { [path]: file },
    });
    expect(outcomesOf(ca, hostOf(host(aFile({ mode: 0o444 }))))).toEqual(['pass']);
    expect(outcomesOf(ca, hostOf(host(aFile({ mode: 0o666 }))))).toEqual(['fail']);
  });
  test('daemon.json names it where the command line does not', () => {
    const settings = { tlsverify: true, tlscacert: '/srv/ca.pem' };
    const paths = { '/srv/ca.pem': aFile({ mode: 0o666 }) };
    const host = (state: 'read' | 'unreadable'): HostFiles => ({
      daemonConfig: { path: '/d', state, settings },
      paths,
    });
    expect(outcomesOf(ca, hostOf(host('read')))).toEqual(['fail']);
    expect(outcomesOf(ca, hostOf(host('unreadable')))).toEqual(['unknown']);
  });
  test('an environment file that was not read leaves its words open', () => {
    const service = dockerService('$DOCKER_OPTS', ['Service.EnvironmentFile=-/etc/default/docker']);
    const host = { units: { 'docker.service': service } };
    expect(outcomesOf(ca, hostOf(host))).toEqual(['unknown']);
    const read = { '/etc/default/docker': { DOCKER_OPTS: '--tlscacert=/x' } };
    expect(outcomesOf(ca, hostOf({ ...host, environmentFiles: read, paths: { '/x': aFile() } }))).toEqual(['fail']);
  });
  test('a drop-in that clears ExecStart and gives another counts', () => {
    const service = dockerService('--tlsverify', ['Service.ExecStart=', 'Service.ExecStart=/usr/bin/dockerd -H fd://']);
    expect(outcomesOf(ca, hostOf({ units: { 'docker.service': service } }))).toEqual(['not-applicable']);
  });
});

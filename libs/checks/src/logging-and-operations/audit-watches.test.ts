import type { HostFiles } from '@plimsoll/snapshot';
import { describe, expect, test } from 'vitest';
import type { Check } from '../engine/check.ts';
import { aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import type { GivenSnapshot } from '../testing/builders.ts';
import {
  aFile,
  aLink,
  aSocket,
  aTidyHost,
  aUnit,
  auditing,
  dockerService,
  nothing,
  units,
} from '../testing/host-file-builders.ts';
import watches from './audit-watches.ts';

const info: GivenSnapshot['info'] = {
  Runtimes: { runc: { path: 'runc' } },
  Containerd: { Address: '/run/containerd/containerd.sock' },
};
const hostOf = (given: HostFiles, more: GivenSnapshot = {}) =>
  aSnapshot({ hostFiles: aTidyHost(given), ...more, info: { ...info, ...more.info } });
const named = (id: string): Check => {
  const found = watches.find((check) => check.id === id);
  if (found === undefined) throw new Error(`no check ${id}`);
  return found;
};

/** Each check, what it looks for on a tidy host, and what removes it. */
const rows: [string, string, HostFiles | 'never'][] = [
  ['audit-dockerd-binary', '/usr/bin/dockerd', 'never'],
  ['audit-containerd-runtime-folder', '/run/containerd', { paths: { '/run/containerd': nothing } }],
  ['audit-docker-data-folder', '/var/lib/docker', 'never'],
  ['audit-docker-configuration-folder', '/etc/docker', { paths: { '/etc/docker': nothing } }],
  ['audit-docker-service-unit', `${units}/docker.service`, { units: { 'docker.service': aUnit(null) } }],
  [
    'audit-containerd-socket',
    '/run/containerd/containerd.sock',
    { paths: { '/run/containerd/containerd.sock': nothing } },
  ],
  [
    'audit-docker-socket',
    '/run/docker.sock',
    { units: { 'docker.socket': aUnit(null) }, paths: { '/run/docker.sock': nothing } },
  ],
  ['audit-default-docker-file', '/etc/default/docker', { paths: { '/etc/default/docker': nothing } }],
  ['audit-daemon-json', '/etc/docker/daemon.json', { paths: { '/etc/docker/daemon.json': nothing } }],
  [
    'audit-containerd-configuration',
    '/etc/containerd/config.toml',
    { paths: { '/etc/containerd/config.toml': nothing } },
  ],
  ['audit-containerd-binary', '/usr/bin/containerd', { paths: { '/usr/bin/containerd': nothing } }],
  [
    'audit-containerd-shim-runc-v2',
    '/usr/bin/containerd-shim-runc-v2',
    { paths: { '/usr/bin/containerd-shim-runc-v2': nothing } },
  ],
  ['audit-runc-binary', '/usr/bin/runc', { paths: { '/usr/bin/runc': nothing } }],
];

describe.for(rows)('%s', ([id, path]) => {
  const check = named(id);
  test('passes with a rule on its place', () => {
    expect(outcomesOf(check, hostOf(auditing(`-w ${path} -p rwxa -k docker`)))).toEqual(['pass']);
    expect(outcomesOf(check, hostOf(auditing(`-a always,exit -F path=${path} -F perm=wa -k docker`)))).toEqual([
      'pass',
    ]);
  });
  test('passes with a rule on a folder above', () => {
    const folder = path.slice(0, path.lastIndexOf('/'));
    expect(outcomesOf(check, hostOf(auditing(`-a exit,always -F dir=${folder}/ -F perm=wa`)))).toEqual(['pass']);
  });
  test('fails with no rule, with one on a neighbour, and with no audit system', () => {
    expect(outcomesOf(check, hostOf({}))).toEqual(['fail']);
    expect(outcomesOf(check, hostOf(auditing(`-w ${path}-other -p wa`, `-w ${path}/below -p wa`)))).toEqual(['fail']);
    expect(outcomesOf(check, hostOf({ audit: { installed: false } }))).toEqual(['fail']);
  });
  test('can not tell without host files, nor where nobody looked', () => {
    const rule = auditing(`-w ${path} -p wa`);
    expect(resultsOf(check, aSnapshot())).toMatchObject([
      { outcome: 'unknown', wouldTell: 'Switch on reading host files for this host' },
    ]);
    expect(outcomesOf(check, aSnapshot({ hostFiles: { ...rule } }))).toEqual(['unknown']);
    expect(outcomesOf(check, hostOf({ audit: { installed: true } }))).toEqual(['unknown']);
  });
});

const removable = rows.flatMap(([id, , absent]) => (absent === 'never' ? [] : [[id, absent] as const]));
test.for(removable)('%s does not apply where there is no such thing', ([id, absent]) => {
  expect(outcomesOf(named(id), hostOf(absent))).toEqual(['not-applicable']);
});

const dockerd = named('audit-dockerd-binary');

describe('how rules are read', () => {
  const place = '/usr/bin/dockerd';
  test.for<[string, 'pass' | 'fail', string[]]>([
    ['a letter of requiredPerms is missing', 'fail', [`-w ${place} -p x`]],
    ['no letters mean all', 'pass', [`-w ${place}`]],
    ['only lines that begin with # are comments', 'fail', [`  # -w ${place} -p wa`]],
    ['a trailing slash', 'pass', ['-w /usr/bin/ -p wa']],
    ['a usual link of distributions', 'pass', ['-w /bin/dockerd -p wa']],
    ['a rule for some accounts only', 'fail', [`-a always,exit -F path=${place} -F perm=wa -F auid>=1000`]],
    ['a rule for some system calls only', 'fail', [`-a always,exit -F path=${place} -S unlink`]],
    ['one word size', 'pass', [`-a always,exit -F arch=b64 -F path=${place} -F perm=wa`]],
    ['a path rule on the folder sees not into it', 'pass', [`-w ${place} -p wa`, '-a never,exit -F path=/usr/bin']],
    ['an earlier never', 'fail', [`-a never,exit -F path=${place}`, `-w ${place} -p wa`]],
    ['a later never', 'pass', [`-w ${place} -p wa`, `-a never,exit -F path=${place}`]],
    ['a later never put first', 'fail', [`-w ${place} -p wa`, `-A exit,never -F path=${place}`]],
    ['another list', 'fail', [`-a always,exclude -F path=${place}`]],
    ['removed by -W', 'fail', [`-w ${place} -p wa`, `-W ${place} -p wa`]],
    ['removed by -d', 'fail', [`-a always,exit -F path=${place}`, `-d always,exit -F path=${place}`]],
    ['-e 0 at the end', 'fail', [`-w ${place} -p wa`, '-e 0']],
    ['-e 0 that is taken back', 'pass', ['-e 0', `-w ${place} -p wa`, '-e 1']],
    ['augenrules puts -D first', 'pass', [`-w ${place} -p wa`, '-D']],
    ['augenrules puts -e 2 last', 'pass', ['-e 2', `-w ${place} -p wa`]],
  ])('%s: %s', ([, outcome, lines]) => {
    expect(outcomesOf(dockerd, hostOf(auditing(...lines)))).toEqual([outcome]);
  });

  const main = (...lines: string[]): HostFiles => ({
    audit: { installed: true, files: [{ path: '/etc/audit/audit.rules', lines }] },
  });
  const byAuditctl: HostFiles = {
    units: {
      'auditd.service': aUnit(`${units}/auditd.service`, [
        'Service.ExecStartPost=-/sbin/auditctl -R /etc/audit/audit.rules',
      ]),
    },
  };
  test.for<[string, 'pass' | 'fail', string[]]>([
    ['-D takes earlier rules away', 'fail', [`-w ${place} -p wa`, '-D']],
    ['-D by another key does not', 'pass', [`-w ${place} -p wa -k docker`, '-D -k other']],
    ['-D by its key does', 'fail', [`-w ${place} -p wa -k docker`, '-D -k docker']],
    ['after -e 2 the kernel takes no rule', 'fail', ['-e 2', `-w ${place} -p wa`]],
  ])('with auditctl %s: %s', ([, outcome, lines]) => {
    expect(outcomesOf(dockerd, hostOf({ ...byAuditctl, ...main(...lines) }))).toEqual([outcome]);
  });

  test('audit.rules alone counts where rules.d is empty', () => {
    expect(outcomesOf(dockerd, hostOf(main(`-w ${place} -p wa`)))).toEqual(['pass']);
  });
  const twoFiles: HostFiles = {
    audit: {
      installed: true,
      files: [
        { path: '/etc/audit/audit.rules', lines: [`-w ${place} -p wa`] },
        { path: '/etc/audit/rules.d/other.rules', lines: ['-w /etc/shadow'] },
        { path: '/etc/audit/rules.d/docker.rules.off', lines: [`-w ${place} -p wa`] },
      ],
    },
  };
  test('a rule that augenrules overwrites at the next start, or in a file of another ending, does not count', () => {
    expect(outcomesOf(dockerd, hostOf(twoFiles))).toEqual(['fail']);
  });
  test('where the loader was not seen, both ways must agree', () => {
    const unseen = { units: { 'auditd.service': {} } };
    expect(outcomesOf(dockerd, hostOf({ ...twoFiles, ...unseen }))).toEqual(['unknown']);
    expect(outcomesOf(dockerd, hostOf({ ...auditing('-w /etc -p wa'), ...unseen }))).toEqual(['fail']);
  });
  test('a rule behind one that can not load at boot passes and says so', () => {
    expect(resultsOf(dockerd, hostOf(auditing('-w /run/containerd -p wa', `-w ${place} -p wa`)))).toMatchObject([
      { outcome: 'pass', reason: expect.stringContaining('-w /run/containerd') },
    ]);
  });
});

describe('where the things are', () => {
  test('the program is the one that the unit starts', () => {
    const debian = dockerService();
    const service = {
      ...debian,
      assignments: [{ file: '', section: 'Service', key: 'ExecStart', value: '-/usr/sbin/dockerd' }],
    };
    const given: HostFiles = { units: { 'docker.service': service }, paths: { '/usr/sbin/dockerd': aFile() } };
    expect(outcomesOf(dockerd, hostOf({ ...given, ...auditing('-w /usr/bin/dockerd -p wa') }))).toEqual(['fail']);
    expect(outcomesOf(dockerd, hostOf({ ...given, ...auditing('-w /usr/sbin/dockerd -p wa') }))).toEqual(['pass']);
  });
  test('a watch on a link does not see the program behind it', () => {
    const paths = { '/usr/bin/runc': aLink('../sbin/runc-1.1'), '/usr/sbin/runc-1.1': aFile() };
    const runc = named('audit-runc-binary');
    expect(outcomesOf(runc, hostOf({ paths, ...auditing('-w /usr/bin/runc -p wa') }))).toEqual(['fail']);
    expect(outcomesOf(runc, hostOf({ paths, ...auditing('-w /usr/sbin/runc-1.1 -p wa') }))).toEqual(['pass']);
  });
  test('a link whose target nobody saw tells nothing', () => {
    const paths = { '/usr/bin/dockerd': { ...aLink(''), linkTarget: undefined } };
    expect(outcomesOf(dockerd, hostOf({ paths, ...auditing('-w /usr/bin -p wa') }))).toEqual(['unknown']);
  });
  test('links in a circle end', () => {
    const paths = { '/usr/bin/dockerd': aLink('/a'), '/a': aLink('/usr/bin/dockerd') };
    expect(outcomesOf(dockerd, hostOf({ paths }))).toEqual(['unknown']);
  });
  test('with remapped users the data folder is one above', () => {
    const folder = named('audit-docker-data-folder');
    const remapped = {
      info: { DockerRootDir: '/var/lib/docker/165536.165536', SecurityOptions: ['name=userns'] },
    };
    expect(outcomesOf(folder, hostOf(auditing('-w /var/lib/docker -p wa'), remapped))).toEqual(['pass']);
  });
  test('a rule on the entries of a folder alone can be told to be too little', () => {
    const folder = named('audit-docker-configuration-folder');
    const snapshot = hostOf(auditing('-a always,exit -F path=/etc/docker -F perm=wa'));
    expect(outcomesOf(folder, snapshot)).toEqual(['pass']);
    expect(outcomesOf(folder, snapshot, { acceptNonRecursive: false })).toEqual(['fail']);
  });
  test('drop-ins of the unit count when asked for', () => {
    const dropIn = '/etc/systemd/system/docker.service.d/proxy.conf';
    const given: HostFiles = {
      paths: { [dropIn]: aFile() },
      units: { 'docker.service': dockerService('', [], { dropIns: [dropIn] }) },
      ...auditing(`-w ${units}/docker.service -p wa`),
    };
    const unit = named('audit-docker-service-unit');
    expect(outcomesOf(unit, hostOf(given))).toEqual(['pass']);
    expect(outcomesOf(unit, hostOf(given), { includeDropIns: true })).toEqual(['fail']);
  });
  test('a masked unit is not the one that runs', () => {
    const masked = { units: { 'docker.service': dockerService('', [], { masked: true }) } };
    expect(outcomesOf(named('audit-docker-service-unit'), hostOf(masked))).toEqual(['not-applicable']);
  });
  test('the socket, its unit, either or both', () => {
    const check = named('audit-docker-socket');
    const socketOnly = hostOf(auditing('-w /var/run/docker.sock -p wa'));
    const outcomes = ['either', 'socket', 'unit', 'both'].map((target) => outcomesOf(check, socketOnly, { target })[0]);
    expect(outcomes).toEqual(['pass', 'pass', 'fail', 'fail']);
  });
  test('sockets that the daemon opens itself count beside the one of systemd', () => {
    const check = named('audit-docker-socket');
    const own: HostFiles = {
      units: { 'docker.service': aUnit(`${units}/docker.service`, ['Service.ExecStart=/usr/bin/dockerd']) },
      daemonConfig: { path: '/etc/docker/daemon.json', state: 'read', settings: { hosts: ['unix:///srv/api.sock'] } },
      paths: { '/srv/api.sock': aSocket() },
    };
    const rule = auditing('-w /srv/api.sock -p wa');
    expect(outcomesOf(check, hostOf({ ...own, ...rule }), { target: 'socket' })).toEqual(['pass']);
    expect(outcomesOf(check, hostOf({ ...own, ...rule, daemonConfig: {} }), { target: 'socket' })).toEqual(['unknown']);
  });
  test('the configuration file is the one named on the command line', () => {
    const given: HostFiles = {
      units: { 'docker.service': dockerService('--config-file /srv/daemon.json') },
      paths: { '/srv/daemon.json': aFile() },
      ...auditing('-w /etc/docker -p wa'),
    };
    expect(outcomesOf(named('audit-daemon-json'), hostOf(given))).toEqual(['fail']);
  });
  test('containerd before 2.0 brings the older shims', () => {
    const paths = { '/usr/bin/containerd-shim': aFile(), '/usr/bin/containerd-shim-runc-v1': aFile() };
    for (const id of ['audit-containerd-shim', 'audit-containerd-shim-runc-v1']) {
      expect(outcomesOf(named(id), hostOf({}))).toEqual(['not-applicable']);
      expect(outcomesOf(named(id), hostOf({ paths }))).toEqual(['fail']);
      expect(outcomesOf(named(id), hostOf({ paths, ...auditing('-w /usr/bin -p wa') }))).toEqual(['pass']);
    }
    const neighbour = auditing('-w /usr/bin/containerd-shim-runc-v2 -p wa');
    expect(outcomesOf(named('audit-containerd-shim'), hostOf({ paths, ...neighbour }))).toEqual(['fail']);
  });
  test('Docker Desktop and Podman manage their own files', () => {
    const desktop = { info: { OperatingSystem: 'Docker Desktop' } };
    const podman = { version: { Components: [{ Name: 'Podman Engine' }] } };
    for (const more of [desktop, podman]) expect(outcomesOf(dockerd, hostOf({}, more))).toEqual(['not-applicable']);
  });
});

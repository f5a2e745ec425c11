import { describe, expect, test } from 'vitest';
import { commandOf, flagIn, pathsIn, valuesOf, variablesOf } from './command-line.ts';
import { containerdSettings } from './daemon.ts';
import { spelledOut, withUsualLinks } from './host-path-names.ts';
import { fstabMounts, grubWords, sysctlsIn } from './system.ts';
import { parseUnitFile } from './unit-file.ts';

describe('a unit file', () => {
  test.for([
    [
      'sets keys in sections',
      '[Service]\nExecStart=/bin/a\n[Install]\nWantedBy=x',
      ['Service.ExecStart=/bin/a', 'Install.WantedBy=x'],
    ],
    ['has comments of two kinds', '[Service]\n# A=1\n; B=2\nC=3', ['Service.C=3']],
    [
      'joins lines that end with a backslash',
      '[Service]\nExecStart=/bin/a \\\n  --b',
      ['Service.ExecStart=/bin/a  --b'],
    ],
    ['skips comments between them', '[Service]\nExecStart=/bin/a \\\n# no\n--b', ['Service.ExecStart=/bin/a  --b']],
    ['forgets with an empty value', '[Service]\nExecStart=', ['Service.ExecStart=']],
    ['keeps equal signs in values', '[Service]\nEnvironment=A=b=c', ['Service.Environment=A=b=c']],
    ['has blanks around keys', '[Service]\n  Type = notify  ', ['Service.Type=notify']],
    ['may end its lines as Windows does', '[Service]\r\nType=notify\r\n', ['Service.Type=notify']],
    ['may be no unit file at all', '\u0000\u0001 nonsense\n=x\n', []],
  ] as const)('%s', ([, text, wanted]) => {
    expect(parseUnitFile(text).map(({ section, key, value }) => `${section}.${key}=${value}`)).toEqual(wanted);
  });
});

describe('the command line of a unit', () => {
  const unit = {
    assignments: [
      { section: 'Service', key: 'ExecStart', value: '/old' },
      { section: 'Service', key: 'ExecStart', value: '' },
      {
        section: 'Service',
        key: 'ExecStart',
        value: '-/usr/bin/dockerd "--config-file=/etc/d.json" $OPTS -H ${ADDRESS}',
      },
      { section: 'Service', key: 'Environment', value: '"OPTS=--tlskey /etc/k.pem" ADDRESS=unix:///run/a.sock' },
      { section: 'Service', key: 'EnvironmentFile', value: '-/etc/default/docker' },
    ],
  };

  test('has drop-ins, variables and quotes worked in', () => {
    const variables = variablesOf(unit, { '/etc/default/docker': { ADDRESS: 'unix:///run/b.sock' } });
    const words = commandOf(unit, variables);
    expect(words[0]).toBe('/usr/bin/dockerd');
    expect(flagIn(words, '--config-file')).toBe('/etc/d.json');
    expect(flagIn(words, '--tlskey')).toBe('/etc/k.pem');
    expect(words.flatMap(pathsIn)).toEqual(['/usr/bin/dockerd', '/etc/d.json', '/etc/k.pem', '/run/b.sock']);
    expect(valuesOf(undefined, 'Service', 'ExecStart')).toEqual([]);
  });
});

describe("containerd's settings", () => {
  const usual = {
    state: 'read',
    root: '/var/lib/containerd',
    grpc: { address: '/run/containerd/containerd.sock', uid: 0, gid: 0 },
    imports: [],
  };
  test.for([
    ['are the usual ones where none is named', 'version = 2\n', usual],
    [
      'are read from the table grpc',
      'root = "/data"\n[grpc]\n  uid = 1000 # us\n  gid = 33\n',
      { ...usual, root: '/data', grpc: { ...usual.grpc, uid: 1000, gid: 33 } },
    ],
    [
      "are read from the plugin's table of newer files",
      'version = 4\n[plugins."io.containerd.server.v1.grpc"]\nuid = 7\n',
      { ...usual, grpc: { ...usual.grpc, uid: 7 } },
    ],
    ['of other tables do not count', '[debug]\nuid = 7\nroot = "/x"\n', usual],
    [
      'may import over several lines',
      'imports = [\n  "/etc/containerd/conf.d/*.toml",\n]\n',
      { ...usual, imports: ['/etc/containerd/conf.d/*.toml'] },
    ],
    ['in a form that is not understood are no default', 'grpc = { uid = 1000 }\n', { state: 'malformed' }],
    ['with dots across the table count', 'grpc.uid = 1000\n', { ...usual, grpc: { ...usual.grpc, uid: 1000 } }],
    ['with blanks around the dots are no default', 'grpc . uid = 1000\n', { state: 'malformed' }],
    ['in a table with a quoted name count', '["grpc"]\nuid = 7\n', { ...usual, grpc: { ...usual.grpc, uid: 7 } }],
    ['end where a list of tables begins', '[grpc]\nuid = 0\n[[other]]\nuid = 7\n', usual],
    ['of a wrong type are no default', '[grpc]\nuid = "x"\n', { state: 'malformed' }],
    ['with escapes are no default', 'root = "/a\\u002e"\n', { state: 'malformed' }],
    ['keep a sign of a comment in quotes', 'root = "/a#b"\n', { ...usual, root: '/a#b' }],
  ] as const)('%s', ([, text, wanted]) => {
    expect(containerdSettings(text)).toEqual(wanted);
  });
});

test('fstab has its mounts, blanks in them, and no swap', () => {
  const text =
    '# comment\nUUID=1 / ext4 errors=remount-ro 0 1\n/dev/b /mnt/a\\040b xfs\nUUID=2 none swap sw 0 0\nproc\n';
  expect(fstabMounts(text)).toEqual([
    { source: 'UUID=1', where: '/', type: 'ext4', options: ['errors=remount-ro'] },
    { source: '/dev/b', where: '/mnt/a b', type: 'xfs', options: ['defaults'] },
  ]);
});

test.for([
  ['kernel.sysrq = 1', [['kernel.sysrq', '1']]],
  ['-kernel.sysrq=1 ', [['kernel.sysrq', '1']]],
  ['net/ipv4/conf/eth0.1/forwarding = 0', [['net.ipv4.conf.eth0/1.forwarding', '0']]],
  ['# kernel.sysrq = 1\n; x = 2\n\nnonsense', []],
  ['kernel.sysrq =', [['kernel.sysrq', '']]],
] as const)('the setting of the kernel %j is %j', ([text, wanted]) => {
  expect(sysctlsIn(text)).toEqual(wanted);
});

test('words for the kernel come from both lines of GRUB, the last of each', () => {
  const text =
    'GRUB_CMDLINE_LINUX_DEFAULT=\'quiet splash\'\nGRUB_CMDLINE_LINUX="a"\nGRUB_CMDLINE_LINUX="nokaslr lsm=" # x\n#GRUB_CMDLINE_LINUX=b\n';
  expect(grubWords(text)).toEqual(['nokaslr', 'lsm=', 'quiet', 'splash']);
});

test.for([
  ['/etc/../../run//a/./b/', '/run/a/b'],
  ['etc', '/etc'],
  ['/', '/'],
])('%s is spelled %s', ([path = '', wanted]) => {
  expect(spelledOut(path)).toBe(wanted);
});

test('the usual links at the top lead where they do everywhere', () => {
  expect(['/var/run/docker.sock', '/sbin/x', '/binary', '/etc'].map(withUsualLinks)).toEqual([
    '/run/docker.sock',
    '/usr/sbin/x',
    '/binary',
    '/etc',
  ]);
});

import type { ContainerEntry } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { aContainer, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import containerSshServer from './container-ssh-server.ts';

const running = (commands: (string | undefined)[], state = 'running') => {
  const processes = {
    value: commands.map((command, index) => ({ pid: index + 1, parentPid: 0, user: '0', group: '0', command })),
  };
  return aSnapshot({ containers: [aContainer({ state, processes })] });
};
const stopped = (Path: string | undefined, Args: string[] | undefined | null = [], state = 'exited') =>
  aSnapshot({ containers: [aContainer({ state, inspect: { Path, Args } })] });

test.for<[string, (string | undefined)[], string]>([
  ['passes without one', ['nginx: master process nginx', 'nginx: worker process'], 'pass'],
  ['fails for a path with options', ['/usr/sbin/sshd -D'], 'fail'],
  ['fails for the process of a session', ['init', 'sshd: root@pts/0'], 'fail'],
  ['fails for the listener of OpenSSH 9.8', ['sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups'], 'fail'],
  ['fails for the parts it was split into', ['/usr/lib/openssh/sshd-session -D'], 'fail'],
  ['fails for another server', ['dropbear -F'], 'fail'],
  ['passes for a client', ['ssh host', '/usr/bin/ssh-agent', 'autossh -M 0 host', 'git-remote-ssh'], 'pass'],
  ['passes for names that only begin like it', ['sshdump', 'sshd_exporter --port 1'], 'pass'],
  ['passes when it is an argument only', ['grep sshd /etc/passwd'], 'pass'],
  ['can not tell with a row without command', ['init', undefined], 'unknown'],
  ['fails for one seen beside a row without command', ['sshd', undefined], 'fail'],
  ['can not tell from an empty list', [], 'unknown'],
])('%s', ([, commands, outcome]) => {
  expect(outcomesOf(containerSshServer, running(commands))).toEqual([outcome]);
});

test('works while the container is paused', () => {
  expect(outcomesOf(containerSshServer, running(['sshd'], 'paused'))).toEqual(['fail']);
});

test('keeps programs and numbers, never a command line', () => {
  const [result] = resultsOf(containerSshServer, running(['sshd: a@pts/0', 'sshd -o Secret=hunter2', 'dropbear']));
  expect(result?.evidence).toEqual([
    { source: 'top: programs and number of processes', value: ['sshd (2)', 'dropbear (1)'] },
  ]);
  expect(JSON.stringify(result)).not.toContain('hunter2');
});

test.for<[string, ContainerEntry['processes'], string, string]>([
  ['a host without ps', { missing: 'engine-error', detail: '500: ps not found' }, 'running', 'packages of its image'],
  ['a container that restarts', { missing: 'engine-error', detail: '409' }, 'restarting', 'list its processes'],
  ['lists switched off', { missing: 'not-requested', detail: 'setting' }, 'running', 'Switch on process lists'],
])('can not tell with %s', ([, processes, state, wouldTell]) => {
  const snapshot = aSnapshot({ containers: [aContainer({ state, processes })] });
  expect(resultsOf(containerSshServer, snapshot)).toMatchObject([
    { outcome: 'unknown', wouldTell: expect.stringContaining(wouldTell) },
  ]);
});

test.for<[string, string | undefined, string[] | null | undefined, string]>([
  ['fails when it is the command', '/usr/sbin/sshd', ['-D'], 'fail'],
  ['fails when a shell runs it', '/bin/sh', ['-c', 'mkdir -p /run/sshd && exec /usr/sbin/sshd -D'], 'fail'],
  ['fails when an init runs it', '/sbin/tini', ['--', '/usr/sbin/sshd', '-D'], 'fail'],
  ['fails when an entry script is given it', '/entrypoint.sh', ['/usr/sbin/sshd'], 'fail'],
  [
    'does not apply when a script only names it',
    '/bin/sh',
    ['-c', 'cat /var/log/sshd; grep sshd /etc/group'],
    'not-applicable',
  ],
  ['does not apply when another program gets it as argument', '/usr/bin/less', ['/usr/sbin/sshd'], 'not-applicable'],
  ['does not apply to another command', 'nginx', ['-g', 'daemon off;'], 'not-applicable'],
  ['does not apply without arguments', 'nginx', null, 'not-applicable'],
  ['can not tell when the command was not seen', undefined, [], 'unknown'],
])('a stopped container %s', ([, path, args, outcome]) => {
  expect(outcomesOf(containerSshServer, stopped(path, args))).toEqual([outcome]);
});

test('can not tell when the arguments of a stopped container were not seen', () => {
  const containers = [aContainer({ state: 'exited', inspect: { Path: 'sh', Args: undefined } })];
  expect(outcomesOf(containerSshServer, aSnapshot({ containers }))).toEqual(['unknown']);
});

test('a stopped container weighs a step less, its exception is a parameter', () => {
  expect(resultsOf(containerSshServer, stopped('/usr/sbin/sshd', ['-D'], 'created'))).toMatchObject([
    { outcome: 'fail', severity: 'low', reason: expect.stringContaining('If it were started') },
  ]);
  expect(outcomesOf(containerSshServer, running(['sshd']), { sshPrograms: ['dropbear'] })).toEqual(['pass']);
});

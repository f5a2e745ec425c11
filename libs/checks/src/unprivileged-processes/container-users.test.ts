import type { ContainerProcess, EngineInfo } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { type GivenContainer, aContainer, anImage, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import explicitRootUser from './explicit-root-user.ts';
import privilegedGroup from './privileged-group.ts';
import rootProcesses from './root-processes.ts';
import setuidReturn from './setuid-return.ts';

const id = 'sha256:0123456789abcdef';
const of = (
  User: string | undefined,
  imageUser: string | null | undefined,
  given: GivenContainer = {},
  info: Partial<EngineInfo> = {},
) =>
  aSnapshot({
    info,
    images: imageUser === null ? [] : [anImage({ config: { User: imageUser } })],
    containers: [aContainer({ ...given, config: { User }, inspect: { Image: id, ...given.inspect } })],
  });

test.for([
  ['fails when it goes back to root', '0', '1000', 'fail'],
  ['reads other spellings', 'root:root', 'app', 'fail'],
  ['reads numbers', '00', '1000', 'fail'],
  ['passes as the image chose', 'app', 'app', 'pass'],
  ['passes as another user', '1000', 'app', 'pass'],
  ['does not apply where the image is root', '0', 'root', 'not-applicable'],
  ['does not apply where the image names nobody', '', '', 'not-applicable'],
  ['does not apply where a newer engine leaves that out', '0', undefined, 'not-applicable'],
  ['can not tell when the image is gone', '0', null, 'unknown'],
  ['does not need the image of another user', '1000', null, 'pass'],
  ['can not tell without a user', undefined, 'app', 'unknown'],
] as const)('explicit-root-user %s (%s over %s)', ([, user, imageUser, outcome]) => {
  expect(outcomesOf(explicitRootUser, of(user, imageUser))).toEqual([outcome]);
});

test('explicit-root-user compares with the image the container was made of, not with the one of that name now', () => {
  const images = [
    anImage({ config: { User: 'app' }, repoTags: [] }),
    anImage({ id: 'sha256:new', config: { User: '0' } }),
  ];
  const container = aContainer({ config: { User: '0' }, inspect: { Image: id } });
  expect(outcomesOf(explicitRootUser, aSnapshot({ images, containers: [container] }))).toEqual(['fail']);
});

const row = (pid: number, parentPid: number, user: string | undefined, command: string): ContainerProcess => ({
  pid,
  parentPid,
  user,
  group: user,
  command,
});
const running = (
  processes: ContainerProcess[],
  User = '',
  given: GivenContainer = {},
  imageUser: string | null = null,
  info: Partial<EngineInfo> = {},
) => of(User, imageUser, { processes: { value: processes }, hostConfig: { UsernsMode: '' }, ...given }, info);

test.for<[string, ReturnType<typeof running>, string, string?]>([
  ['passes when nobody is root', running([row(10, 1, '1000', 'node server.js')]), 'pass'],
  [
    'passes when a starter hands over',
    running([row(10, 1, '0', 'nginx: master process'), row(11, 10, '101', 'nginx: worker process')]),
    'pass',
  ],
  [
    'passes when one starter starts another',
    running([
      row(9, 1, '0', '/sbin/tini -- nginx'),
      row(10, 9, '0', 'nginx: master'),
      row(11, 10, '101', 'nginx: worker'),
    ]),
    'pass',
  ],
  [
    'fails when a starter hands over to root',
    running([row(10, 1, '0', 'supervisord'), row(11, 10, '0', 'python app.py')]),
    'fail',
    'medium',
  ],
  ['fails when a starter is alone', running([row(10, 1, '0', 'nginx')]), 'fail', 'medium'],
  ['fails when another program is root', running([row(10, 1, '0', 'java -jar app.jar')]), 'fail', 'medium'],
  [
    'fails when a starter came later',
    running([row(10, 1, '0', 'bash'), row(11, 10, '0', 'nginx'), row(12, 11, '101', 'nginx')]),
    'fail',
    'medium',
  ],
  ['weighs more when it rose', running([row(10, 1, '1000', 'node'), row(11, 10, '0', 'sh')], '1000'), 'fail', 'high'],
  ['takes names for numbers', running([row(10, 1, 'root', 'java')]), 'fail', 'medium'],
  [
    'does not apply on a remapped engine',
    running([row(10, 1, '165536', 'java')], '', {}, null, { SecurityOptions: ['name=userns'] }),
    'not-applicable',
  ],
  [
    'applies where a container opts out of that',
    running([row(10, 1, '0', 'java')], '', { hostConfig: { UsernsMode: 'host' } }, null, {
      SecurityOptions: ['name=userns'],
    }),
    'fail',
  ],
  ['does not apply to a stopped one', running([], '', { state: 'exited' }), 'not-applicable'],
  ['can not tell without a list', running([], '', { processes: { missing: 'engine-error', detail: 'ps' } }), 'unknown'],
  ['can not tell from an empty one', running([]), 'unknown'],
  ['can not tell a user that was not seen', running([row(10, 1, undefined, 'java')]), 'unknown'],
])('root-processes %s', ([, snapshot, outcome, severity]) => {
  expect(resultsOf(rootProcesses, snapshot)).toMatchObject([
    severity === undefined ? { outcome } : { outcome, severity },
  ]);
});

test('root-processes refers to the check that knows why', () => {
  const java = [row(10, 1, '0', 'java')];
  expect(resultsOf(rootProcesses, running(java, '', {}, ''))).toMatchObject([{ causedBy: 'image-user-not-root' }]);
  expect(resultsOf(rootProcesses, running(java, '0', {}, 'app'))).toMatchObject([{ causedBy: 'explicit-root-user' }]);
  expect(resultsOf(rootProcesses, running(java, '0'))[0]).not.toHaveProperty('causedBy');
  expect(resultsOf(rootProcesses, running(java, '1000', {}, 'app'))[0]).not.toHaveProperty('causedBy');
});

test('root-processes shows programs, and no arguments', () => {
  expect(
    JSON.stringify(resultsOf(rootProcesses, running([row(10, 1, '0', 'java -Dpassword=x')]))[0]?.evidence),
  ).not.toContain('password');
});

const grouped = (
  GroupAdd: string[] | null | undefined,
  sources: string[] = [],
  User = '1000',
  given: GivenContainer['hostConfig'] = {},
  RW = true,
) =>
  aSnapshot({
    containers: [
      aContainer({
        config: { User },
        hostConfig: { GroupAdd, Devices: null, UsernsMode: '', ...given },
        inspect: { Mounts: sources.map((Source) => ({ Type: 'bind', Source, Destination: '/x', RW })) },
      }),
    ],
  });
const device = (PathOnHost: string) => ({
  Devices: [{ PathOnHost, PathInContainer: '/dev/x', CgroupPermissions: 'r' }],
});

test.for<[string, ReturnType<typeof grouped>, string, string?]>([
  ['does not apply without groups', grouped(null), 'not-applicable'],
  ["does not apply to a user's own group", grouped([], ['/srv'], '1000:1000'), 'not-applicable'],
  ['does not apply to root, who needs none', grouped(['6'], ['/dev/sda'], '0'), 'not-applicable'],
  ['fails on disk with a disk', grouped(['6'], [], '1000', device('/dev/sda')), 'fail', 'critical'],
  ['fails on shadow with /etc', grouped(['42'], ['/etc']), 'fail', 'high'],
  ['fails on kmem with memory', grouped(['15'], [], '1000', device('/dev/mem')), 'fail', 'high'],
  ['fails on group root with a writable folder', grouped([], ['/srv/data'], '1000:0'), 'fail', 'medium'],
  ['passes on group root with a read-only one', grouped(['0'], ['/srv/data'], '1000', {}, false), 'pass'],
  ['compares numbers', grouped(['006'], [], '1000', device('/dev/sda')), 'fail', 'critical'],
  ['passes on a group that has nothing to open', grouped(['6']), 'pass'],
  ['passes on any other without a mount', grouped(['998']), 'pass'],
  ['can not tell which group of the host has a number', grouped(['998'], ['/var/run/docker.sock']), 'unknown'],
  ["can not tell a name, which is the container's own", grouped(['docker'], ['/var/run/docker.sock']), 'unknown'],
  ['can not tell without the list', grouped(undefined), 'unknown'],
])('privileged-group %s', ([, snapshot, outcome, severity]) => {
  expect(resultsOf(privilegedGroup, snapshot)).toMatchObject([
    severity === undefined ? { outcome } : { outcome, severity },
  ]);
});

test('privileged-group does not apply where numbers are mapped', () => {
  const snapshot = {
    ...grouped(['6'], ['/dev/sda']),
    info: { value: { SecurityOptions: ['name=userns'], OSType: 'linux' } },
  };
  expect(outcomesOf(privilegedGroup, snapshot)).toEqual(['not-applicable']);
});

const climbing = (
  SecurityOpt: string[] | null | undefined,
  given: GivenContainer['hostConfig'] = {},
  User = '1000',
  info: Partial<EngineInfo> = {},
  Version = '28.5.2',
) =>
  aSnapshot({
    version: { Version },
    info: { ServerVersion: Version, ...info },
    containers: [aContainer({ config: { User }, hostConfig: { SecurityOpt, CapAdd: null, CapDrop: null, ...given } })],
  });

test.for<[string, ReturnType<typeof climbing>, string]>([
  ['fails when nothing hinders it', climbing([]), 'fail'],
  ['passes with the option', climbing(['no-new-privileges']), 'pass'],
  ['passes with its other spelling', climbing(['no-new-privileges:true']), 'pass'],
  ['lets the last one win', climbing(['no-new-privileges', 'no-new-privileges=false']), 'fail'],
  ["passes by the daemon's default", climbing([], {}, '1000', { SecurityOptions: ['name=no-new-privileges'] }), 'pass'],
  [
    'fails when a container switches that off',
    climbing(['no-new-privileges=false'], {}, '1000', { SecurityOptions: ['name=no-new-privileges'] }),
    'fail',
  ],
  ['passes with an empty bounding set', climbing([], { CapDrop: ['ALL'] }), 'pass'],
  ['fails when one is added again', climbing([], { CapDrop: ['ALL'], CapAdd: ['CHOWN'] }), 'fail'],
  ['does not apply to root', climbing([], {}, '0'), 'not-applicable'],
  ['can not tell on an older engine', climbing([], {}, '1000', {}, '23.0.1'), 'unknown'],
  ['can not tell without capabilities', climbing([], { CapDrop: undefined }), 'unknown'],
])('setuid-return %s', ([, snapshot, outcome]) => {
  expect(outcomesOf(setuidReturn, snapshot)).toEqual([outcome]);
});

test('setuid-return follows from container-no-new-privileges', () => {
  expect(resultsOf(setuidReturn, climbing([]))).toMatchObject([{ causedBy: 'container-no-new-privileges' }]);
});

test.for([explicitRootUser, rootProcesses, privilegedGroup, setuidReturn].map((check) => [check.id, check] as const))(
  '%s does not apply on Windows',
  ([, check]) => {
    expect(outcomesOf(check, aSnapshot({ info: { OSType: 'windows' }, containers: [aContainer()] }))).toEqual([
      'not-applicable',
    ]);
  },
);

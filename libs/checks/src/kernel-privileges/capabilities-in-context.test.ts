import type { ContainerInspect, HostConfig } from '@plimsoll/snapshot';
import { describe, expect, test } from 'vitest';
import {
  type GivenContainer,
  type GivenSnapshot,
  aContainer,
  aNetwork,
  aSnapshot,
  outcomesOf,
  resultsOf,
} from '../testing/builders.ts';
import capNetRaw from './cap-net-raw.ts';
import capSysPtrace from './cap-sys-ptrace.ts';
import privilegedHostNamespace from './privileged-host-namespace.ts';
import sysAdminUnconfined from './sys-admin-unconfined.ts';

const plain: Partial<HostConfig> = {
  Privileged: false,
  CapAdd: null,
  CapDrop: null,
  UsernsMode: '',
  SecurityOpt: null,
  PidMode: '',
};
const contained = (hostConfig: Partial<HostConfig>, more: GivenContainer = {}) =>
  aContainer({ ...more, hostConfig: { ...plain, ...hostConfig } });

describe('SYS_PTRACE', () => {
  const tracer = (PidMode: string | undefined, inspect: Partial<ContainerInspect> = {}) =>
    contained({ CapAdd: ['SYS_PTRACE'], PidMode }, { inspect });
  const outsider = contained({ PidMode: 'host' }, { name: 'outsider' });
  const other = contained({}, { name: 'db' });

  test.for([
    ['its own processes pass', '', {}, 'pass', undefined, undefined],
    ['so do those that Podman calls private', 'private', {}, 'pass', undefined, undefined],
    ['those of the host', 'host', {}, 'fail', 'critical', 'container-host-pid'],
    [
      'those of the host, by way of another container',
      'container:outsider',
      {},
      'fail',
      'critical',
      'container-host-pid',
    ],
    ['those of another container', 'container:id-of-db', {}, 'fail', 'high', 'container-capabilities'],
    [
      'those of the host under docker-default',
      'host',
      { AppArmorProfile: 'docker-default' },
      'fail',
      'high',
      'container-host-pid',
    ],
    ['those of a container that is gone can not be told', 'container:gone', {}, 'unknown', undefined, undefined],
    ['those of a mode that was not seen can not be told', undefined, {}, 'unknown', undefined, undefined],
  ] as const)('%s', ([, mode, inspect, outcome, severity, causedBy]) => {
    const [result] = resultsOf(capSysPtrace, aSnapshot({ containers: [tracer(mode, inspect), outsider, other] }));
    expect(result).toMatchObject({ outcome, ...(severity && { severity, causedBy }) });
  });

  test('a shared process namespace without the capability is for container-host-pid', () => {
    expect(outcomesOf(capSysPtrace, aSnapshot({ containers: [outsider] }))).toEqual(['pass']);
  });
});

describe('NET_RAW', () => {
  const on = (name: string, networks: Record<string, string | undefined>, hostConfig: Partial<HostConfig> = {}) =>
    contained(
      { NetworkMode: 'app', ...hostConfig },
      {
        name,
        inspect: {
          NetworkSettings: {
            Ports: {},
            Networks: Object.fromEntries(Object.entries(networks).map(([key, NetworkID]) => [key, { NetworkID }])),
          },
        },
      },
    );
  const networks = {
    value: [
      aNetwork({ Id: 'a', Name: 'app', Driver: 'bridge' }),
      aNetwork({ Id: 'n', Name: 'none', Driver: 'null' }),
      aNetwork({ Id: 'm', Name: 'lan', Driver: 'macvlan' }),
    ],
  };
  const judged = (...containers: ReturnType<typeof on>[]) =>
    resultsOf(capNetRaw, aSnapshot({ containers, networks }))[0];

  test.for([
    ['fails beside another container on a bridge', on('web', { app: 'a' }), on('db', { app: 'a' }), 'fail'],
    ['fails beside another on the physical network', on('web', { lan: 'm' }), on('db', { lan: 'm' }), 'fail'],
    ['passes alone on its network', on('web', { app: 'a' }), on('db', { lan: 'm' }), 'pass'],
    [
      'passes beside another without any network',
      on('web', { none: 'n' }, { NetworkMode: 'none' }),
      on('db', { none: 'n' }, { NetworkMode: 'none' }),
      'pass',
    ],
    ['passes when it is dropped', on('web', { app: 'a' }, { CapDrop: ['NET_RAW'] }), on('db', { app: 'a' }), 'pass'],
    [
      'passes in the network of a container that is alone there',
      on('web', {}, { NetworkMode: 'container:db' }),
      on('db', { app: 'a' }),
      'pass',
    ],
    [
      'can not tell where the networks of another were not seen',
      on('web', { app: 'a' }),
      on('db', { app: undefined }),
      'unknown',
    ],
    [
      'can not tell whose network it joined',
      on('web', {}, { NetworkMode: 'container:gone' }),
      on('db', { app: 'a' }),
      'unknown',
    ],
    [
      'leaves a privileged container to its own check',
      on('web', { app: 'a' }, { Privileged: true }),
      on('db', { app: 'a' }),
      'not-applicable',
    ],
  ] as const)('%s', ([, web, db, outcome]) => {
    expect(judged(web, db)).toMatchObject({ outcome });
  });

  test('acts where the container it joined has neighbours', () => {
    expect(
      judged(on('web', {}, { NetworkMode: 'container:db' }), on('db', { app: 'a' }), on('cache', { app: 'a' })),
    ).toMatchObject({ outcome: 'fail', severity: 'low' });
  });

  test('weighs medium on the network of the host, and next to nothing inside a user namespace', () => {
    expect(judged(on('web', { host: 'h' }, { NetworkMode: 'host' }))).toMatchObject({
      outcome: 'fail',
      severity: 'medium',
    });
    const remapped = aSnapshot({
      info: { SecurityOptions: ['name=userns'] },
      containers: [on('web', { app: 'a' }), on('db', { app: 'a' })],
      networks,
    });
    expect(resultsOf(capNetRaw, remapped)[0]).toMatchObject({ severity: 'info' });
  });

  test('is a finding of its own, for container-capabilities allows it', () => {
    expect(judged(on('web', { app: 'a' }), on('db', { app: 'a' }))?.causedBy).toBeUndefined();
  });

  test('a container that was never started counts on the network it asks for', () => {
    const created = contained(
      { NetworkMode: 'app' },
      { name: 'new', state: 'created', inspect: { NetworkSettings: { Ports: {}, Networks: {} } } },
    );
    expect(judged(on('web', { app: 'a' }), created)).toMatchObject({ outcome: 'fail' });
  });
});

describe('SYS_ADMIN without a security module', () => {
  const apparmor: GivenSnapshot = { info: { SecurityOptions: ['name=apparmor', 'name=seccomp,profile=builtin'] } };
  const selinux: GivenSnapshot = { info: { SecurityOptions: ['name=selinux'] } };
  const none: GivenSnapshot = {};
  const admin = { CapAdd: ['SYS_ADMIN'] };
  test.for<[string, Partial<HostConfig>, Partial<ContainerInspect>, GivenSnapshot, string]>([
    ['fails where the host has no module', admin, {}, none, 'fail'],
    ['fails where the host has none and says null', admin, {}, { info: { SecurityOptions: null } }, 'fail'],
    ['fails where AppArmor is switched off', admin, { AppArmorProfile: 'unconfined' }, apparmor, 'fail'],
    ['fails where SELinux labels nothing', admin, { ProcessLabel: '' }, selinux, 'fail'],
    [
      'fails where SELinux does not confine the type',
      admin,
      { ProcessLabel: 'system_u:system_r:spc_t:s0' },
      selinux,
      'fail',
    ],
    ['passes under docker-default', admin, { AppArmorProfile: 'docker-default' }, apparmor, 'pass'],
    [
      'passes under a confining label',
      admin,
      { ProcessLabel: 'system_u:system_r:container_t:s0:c1,c2' },
      selinux,
      'pass',
    ],
    ['passes without the capability', {}, {}, none, 'pass'],
    ['passes inside a user namespace', admin, {}, { info: { SecurityOptions: ['name=userns'] } }, 'pass'],
    [
      'fails where it opts out of that',
      { ...admin, UsernsMode: 'host' },
      {},
      { info: { SecurityOptions: ['name=userns'] } },
      'fail',
    ],
    ['can not tell what a profile of its own allows', admin, { AppArmorProfile: 'mine' }, apparmor, 'unknown'],
    ['can not tell without the profile', admin, { AppArmorProfile: undefined }, apparmor, 'unknown'],
    ['can not tell without the label', admin, { ProcessLabel: undefined }, selinux, 'unknown'],
    ['can not tell without the options of the engine', admin, {}, { info: { SecurityOptions: undefined } }, 'unknown'],
    ['fails for one that holds all', { CapAdd: ['ALL'] }, {}, none, 'fail'],
    ['leaves a privileged container to its own check', { Privileged: true }, {}, none, 'not-applicable'],
  ])('%s', ([, hostConfig, inspect, given, outcome]) => {
    const snapshot = aSnapshot({ ...given, containers: [contained(hostConfig, { inspect })] });
    expect(outcomesOf(sysAdminUnconfined, snapshot)).toEqual([outcome]);
  });

  test.for([
    ['docker-default', null, 'pass'],
    ['what it asks for', ['apparmor=unconfined'], 'fail'],
  ] as const)('predicts %s before the first start', ([, SecurityOpt, outcome]) => {
    const container = contained(
      { ...admin, SecurityOpt: SecurityOpt && [...SecurityOpt] },
      { state: 'created', inspect: { AppArmorProfile: '' } },
    );
    expect(outcomesOf(sysAdminUnconfined, aSnapshot({ ...apparmor, containers: [container] }))).toEqual([outcome]);
  });

  test('takes profiles that are known to be good', () => {
    const snapshot = aSnapshot({
      ...apparmor,
      containers: [contained(admin, { inspect: { AppArmorProfile: 'mine' } })],
    });
    expect(outcomesOf(sysAdminUnconfined, snapshot, { knownGoodProfiles: ['mine'] })).toEqual(['pass']);
  });

  test('version 2 of control groups does not make it good', () => {
    const [result] = resultsOf(sysAdminUnconfined, aSnapshot({ containers: [contained(admin)] }));
    expect(result).toMatchObject({
      outcome: 'fail',
      severity: 'critical',
      reason: expect.stringContaining('version 1'),
    });
  });
});

describe('a powerful container among the processes of the host', () => {
  const host = { PidMode: 'host' };
  test.for<[string, Partial<HostConfig>, string, GivenSnapshot, string, string | undefined, string | undefined]>([
    ['a privileged one', { ...host, Privileged: true }, '', {}, 'fail', 'critical', undefined],
    ['a privileged one of another user', { ...host, Privileged: true }, '1000', {}, 'fail', 'critical', undefined],
    ['root with SYS_PTRACE', { ...host, CapAdd: ['SYS_PTRACE'] }, 'root', {}, 'fail', 'critical', undefined],
    ['root with SYS_ADMIN', { ...host, CapAdd: ['SYS_ADMIN'] }, '', {}, 'fail', 'critical', undefined],
    ['root with the default capabilities', host, '0:0', {}, 'fail', 'high', 'container-host-pid'],
    ['root with none', { ...host, CapDrop: ['ALL'] }, '', {}, 'fail', 'medium', 'container-host-pid'],
    ['another user passes', { ...host, CapAdd: ['SYS_PTRACE'] }, '65534', {}, 'pass', undefined, undefined],
    [
      'on a rootless daemon',
      { ...host, Privileged: true },
      '',
      { info: { SecurityOptions: ['name=rootless'] } },
      'fail',
      'medium',
      undefined,
    ],
    [
      'a process namespace of its own is not meant',
      { Privileged: true },
      '',
      {},
      'not-applicable',
      undefined,
      undefined,
    ],
    [
      'one that joined a container of the host counts',
      { PidMode: 'container:agent', Privileged: true },
      '',
      {},
      'fail',
      'critical',
      undefined,
    ],
    ['a chain that dangles can not be told', { PidMode: 'container:gone' }, '', {}, 'unknown', undefined, undefined],
    ['a mode that was not seen can not be told', { PidMode: undefined }, '', {}, 'unknown', undefined, undefined],
    [
      'capabilities that were not seen can not be told',
      { ...host, CapAdd: undefined },
      '',
      {},
      'unknown',
      undefined,
      undefined,
    ],
  ])('%s', ([, hostConfig, User, given, outcome, severity, causedBy]) => {
    const agent = contained(host, { name: 'agent', config: { User: '65534' } });
    const snapshot = aSnapshot({ ...given, containers: [contained(hostConfig, { config: { User } }), agent] });
    const [result] = resultsOf(privilegedHostNamespace, snapshot);
    expect(result).toMatchObject({ outcome, ...(severity && { severity }) });
    expect(result?.causedBy).toBe(causedBy);
  });

  test('a user that was not seen can not be told', () => {
    const snapshot = aSnapshot({ containers: [contained(host, { config: { User: undefined } })] });
    expect(outcomesOf(privilegedHostNamespace, snapshot)).toEqual(['unknown']);
  });
});

import type { EndpointFacts, EngineInfo, EngineNetwork, HostFiles } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import cgroupParent from '../control-groups/default-cgroup-parent.ts';
import baseSize from '../control-groups/devicemapper-base-size.ts';
import ulimits from '../control-groups/daemon-default-ulimits.ts';
import listenScope from '../daemon-attack-surface/api-listen-scope.ts';
import entitlements from '../daemon-attack-surface/builder-entitlements.ts';
import userlandProxy from '../daemon-attack-surface/no-userland-proxy.ts';
import newPrivileges from '../kernel-privileges/daemon-no-new-privileges.ts';
import logsLeave from '../logging-and-operations/container-logs-leave-host.ts';
import logLevel from '../logging-and-operations/daemon-log-level.ts';
import managesFirewall from '../namespaces/daemon-manages-firewall.ts';
import ipv6Publish from '../namespaces/ipv6-publish.ts';
import directRouting from '../namespaces/network-direct-routing.ts';
import listenAddress from '../orchestration/swarm-listen-address.ts';
import { aNetwork, aSnapshot, resultsOf } from '../testing/builders.ts';
import { aLink, aTidyHost, aUnit, dockerService, nothing, units } from '../testing/host-file-builders.ts';
import type { Check } from './check.ts';

const configured = (settings: Record<string, unknown>): HostFiles =>
  aTidyHost({ daemonConfig: { path: '/etc/docker/daemon.json', state: 'read', settings } });
const started = (words: string): HostFiles => aTidyHost({ units: { 'docker.service': dockerService(words) } });

const endpoint: EndpointFacts = { transport: 'unix', address: 'unix:///var/run/docker.sock' };
const onHost = (hostFiles: HostFiles, info: Partial<EngineInfo> = {}, networks: EngineNetwork[] = []) =>
  aSnapshot({
    hostFiles,
    endpoint,
    info: { Debug: false, LiveRestoreEnabled: false, ...info },
    networks: { value: networks },
  });

const six = aNetwork({
  Name: 'six',
  Driver: 'bridge',
  EnableIPv6: true,
  Options: {},
  Containers: { a: { Name: 'a', IPv6Address: '2001:db8::2/64' } },
});
const old = { ServerVersion: '20.10.24' };

type Case = [string, Check, HostFiles, string, Partial<EngineInfo>?, Record<string, unknown>?, EngineNetwork[]?];
const cases: Case[] = [
  ['daemon-manages-firewall passes by default', managesFirewall, configured({}), 'pass'],
  ['daemon-manages-firewall fails on the key', managesFirewall, configured({ iptables: false }), 'fail'],
  ['daemon-manages-firewall fails on the flag as Go spells it', managesFirewall, started('--iptables=f'), 'fail'],
  [
    'daemon-manages-firewall can not tell by a value that is none',
    managesFirewall,
    configured({ iptables: 'no' }),
    'unknown',
  ],
  [
    'daemon-manages-firewall asks for IPv6 too where told',
    managesFirewall,
    configured({ ip6tables: false }),
    'fail',
    {},
    { alsoIp6tables: true },
    [six],
  ],
  [
    'daemon-manages-firewall passes with IPv6 by default',
    managesFirewall,
    configured({}),
    'pass',
    {},
    { alsoIp6tables: true },
    [six],
  ],
  ['default-cgroup-parent passes by default', cgroupParent, configured({}), 'pass'],
  ['default-cgroup-parent fails on another', cgroupParent, configured({ 'cgroup-parent': 'all.slice' }), 'fail'],
  [
    'default-cgroup-parent passes on one that was confirmed',
    cgroupParent,
    started('--cgroup-parent all.slice'),
    'pass',
    {},
    { confirmedParents: ['all.slice'] },
  ],
  ['devicemapper-base-size passes without the option', baseSize, configured({}), 'pass', { Driver: 'devicemapper' }],
  [
    'devicemapper-base-size fails with it',
    baseSize,
    configured({ 'storage-opts': ['dm.basesize=50G'] }),
    'fail',
    { Driver: 'devicemapper' },
  ],
  ['daemon-default-ulimits fails without any', ulimits, configured({}), 'fail'],
  [
    'daemon-default-ulimits passes with one of the file',
    ulimits,
    configured({ 'default-ulimits': { nofile: { Name: 'nofile', Soft: 64, Hard: 64 } } }),
    'pass',
  ],
  ['daemon-default-ulimits passes with one of a flag', ulimits, started('--default-ulimit nofile=64:128'), 'pass'],
  [
    'daemon-default-ulimits fails without one that is required',
    ulimits,
    started('--default-ulimit nofile=64'),
    'fail',
    {},
    { requiredUlimits: ['nproc'] },
  ],
  [
    'daemon-default-ulimits fails above the highest',
    ulimits,
    started('--default-ulimit nofile=64:-1'),
    'fail',
    {},
    { maxHard: { nofile: 128 } },
  ],
  ['daemon-default-ulimits can not tell by nonsense', ulimits, started('--default-ulimit {nofile'), 'unknown'],
  [
    'container-logs-leave-host passes by an address elsewhere',
    logsLeave,
    configured({ 'log-opts': { 'syslog-address': 'tcp://log.example:6514' } }),
    'pass',
    { LoggingDriver: 'syslog' },
  ],
  [
    'container-logs-leave-host passes by a flag',
    logsLeave,
    started('--log-opt syslog-address=tcp://log.example:6514'),
    'pass',
    { LoggingDriver: 'syslog' },
  ],
  [
    'container-logs-leave-host fails on the log of the host',
    logsLeave,
    configured({}),
    'fail',
    { LoggingDriver: 'syslog' },
  ],
  [
    'container-logs-leave-host can not tell without an address',
    logsLeave,
    configured({}),
    'unknown',
    { LoggingDriver: 'gelf' },
  ],
  ['daemon-log-level passes by default', logLevel, configured({}), 'pass'],
  ['daemon-log-level fails on less, in any case', logLevel, configured({ 'log-level': 'WARN' }), 'fail'],
  ['daemon-log-level fails on the short flag', logLevel, started('-l error'), 'fail'],
  [
    'daemon-log-level passes in debug mode that is allowed',
    logLevel,
    configured({ debug: true }),
    'pass',
    { Debug: true },
    { allowedLevels: ['debug'] },
  ],
  [
    'daemon-log-level reads the level where a variable set debug mode',
    logLevel,
    configured({}),
    'fail',
    { Debug: true },
    { allowedLevels: ['debug'] },
  ],
  ['no-userland-proxy fails by default', userlandProxy, configured({}), 'fail'],
  ['no-userland-proxy passes without it', userlandProxy, configured({ 'userland-proxy': false }), 'pass'],
  ['daemon-no-new-privileges fails by default on old engines', newPrivileges, configured({}), 'fail', old],
  [
    'daemon-no-new-privileges passes on old engines',
    newPrivileges,
    configured({ 'no-new-privileges': true }),
    'pass',
    old,
  ],
  ['network-direct-routing passes by default', directRouting, configured({}), 'pass', {}, {}, [six]],
  [
    'network-direct-routing fails where it is let through',
    directRouting,
    configured({ 'allow-direct-routing': true }),
    'fail',
    {},
    {},
    [six],
  ],
  [
    'network-direct-routing fails without any rules',
    directRouting,
    configured({ iptables: false }),
    'fail',
    {},
    {},
    [six],
  ],
  ['ipv6-publish passes by default', ipv6Publish, configured({}), 'pass', {}, {}, [six]],
  ['ipv6-publish fails where the rules are off', ipv6Publish, configured({ ip6tables: false }), 'fail', {}, {}, [six]],
  [
    'ipv6-publish passes on an old engine with the rules on',
    ipv6Publish,
    configured({ ip6tables: true }),
    'pass',
    { ...old, ExperimentalBuild: true },
    {},
    [six],
  ],
  ['api-listen-scope does not apply without an address', listenScope, configured({}), 'not-applicable'],
  ['api-listen-scope passes within the networks', listenScope, started('-H tcp://10.0.0.5:2376'), 'pass'],
  ['api-listen-scope passes on a port alone, which is localhost', listenScope, started('-H tcp://:2376'), 'pass'],
  ['api-listen-scope fails on every address', listenScope, started('-H tcp://0.0.0.0:2376'), 'fail'],
  ['api-listen-scope fails on every address of IPv6', listenScope, started('-H tcp://[::]:2376'), 'fail'],
  ['api-listen-scope fails outside the networks', listenScope, started('-H tcp://192.0.2.7:2376'), 'fail'],
  ['api-listen-scope can not tell by a name', listenScope, started('-H tcp://build-7:2376'), 'unknown'],
  [
    'api-listen-scope fails on a port that systemd hands over',
    listenScope,
    aTidyHost({ units: { 'docker.socket': aUnit(`${units}/docker.socket`, ['Socket.ListenStream=2375']) } }),
    'fail',
  ],
  ['builder-entitlements passes by default', entitlements, configured({}), 'pass'],
];

test.for(cases)('%s', ([, check, hostFiles, outcome, info = {}, parameters = {}, networks = []]) => {
  const snapshot = onHost(hostFiles, { DockerRootDir: '/var/lib/docker', ...info }, networks);
  const version =
    info.ServerVersion === undefined ? snapshot.version : { value: { ...old, Version: info.ServerVersion } };
  // The first is about the daemon, or about the only network.
  const results = resultsOf(check, Object.assign(snapshot, { version }), parameters);
  expect(results[0]).toMatchObject({ outcome });
});

test.for<[string, HostFiles, Partial<EngineInfo>, string]>([
  ['those of another daemon', configured({}), { DockerRootDir: '/srv/second' }, 'unknown'],
  ['those of a daemon that remaps users by no file', configured({}), { SecurityOptions: ['name=userns'] }, 'unknown'],
  [
    'those of a daemon that remaps users as its file says',
    configured({ 'userns-remap': 'default' }),
    { SecurityOptions: ['name=userns'] },
    'pass',
  ],
  ['those beside a rootless daemon', configured({}), { SecurityOptions: ['name=rootless'] }, 'unknown'],
  [
    'those of a host where systemd starts no dockerd',
    aTidyHost({ units: { 'docker.service': aUnit(null) } }),
    {},
    'unknown',
  ],
  [
    'a script in its place',
    aTidyHost({ units: { 'docker.service': aUnit('/u', ['Service.ExecStart=/opt/run.sh']) } }),
    {},
    'unknown',
  ],
  [
    'flag and key at once',
    { ...configured({ iptables: false }), units: started('--iptables=true').units },
    {},
    'unknown',
  ],
  [
    'a file that is broken',
    aTidyHost({ daemonConfig: { path: '/etc/docker/daemon.json', state: 'malformed' } }),
    {},
    'unknown',
  ],
  [
    'a folder that the command line names',
    started('--data-root /srv/second'),
    { DockerRootDir: '/srv/second' },
    'pass',
  ],
  [
    'a folder behind a link',
    aTidyHost({ paths: { '/var/lib/docker': aLink('/srv/docker'), '/srv/docker': nothing } }),
    { DockerRootDir: '/srv/docker' },
    'pass',
  ],
  ['the folder of remapped users', configured({}), { DockerRootDir: '/var/lib/docker/231072.231072' }, 'pass'],
])('judges by %s only where they are the configuration of this daemon', ([, hostFiles, info, outcome]) => {
  const snapshot = onHost(hostFiles, { DockerRootDir: '/var/lib/docker', ...info });
  expect(resultsOf(managesFirewall, snapshot)).toMatchObject([{ outcome }]);
});

test('shows of the log options nothing but where the log goes', () => {
  const hostFiles = configured({ 'log-opts': { 'gelf-address': 'udp://log.example:1', 'splunk-token': 'hush' } });
  const info = { DockerRootDir: '/var/lib/docker', LoggingDriver: 'gelf' };
  const [result] = resultsOf(logsLeave, onHost(hostFiles, info));
  expect(result?.outcome).toBe('pass');
  expect(JSON.stringify(result?.evidence)).not.toContain('hush');
});

test.for<[string, string | undefined, string]>([
  ['fails on every address', '0.0.0.0:2377', 'fail'],
  ['fails on every address of IPv6', '[::]:2377', 'fail'],
  ['passes on one address', '10.0.0.5:2377', 'pass'],
  ['can not tell by a name', 'eth0:2377', 'unknown'],
  ['can not tell where the file was not read', undefined, 'unknown'],
])('swarm-listen-address %s', ([, address, outcome]) => {
  const swarmState = {
    path: '/var/lib/docker/swarm/docker-state.json',
    state: 'read' as const,
    listenAddress: address,
  };
  const info = { Swarm: { LocalNodeState: 'active', NodeID: 'n', ControlAvailable: true } };
  expect(resultsOf(listenAddress, onHost(aTidyHost({ swarmState }), info))).toMatchObject([{ outcome }]);
});

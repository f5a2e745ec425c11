import type { EngineInfo, HostFiles } from '@plimsoll/snapshot';
import type { Outcome } from '../../engine/vocabulary.ts';
import { aNetwork, aSnapshot } from '../builders.ts';
import { anEndpoint, probed } from '../endpoint-builders.ts';
import { aTidyHost, dockerService } from '../host-file-builders.ts';
import { type DockerBenchError, type HeldBySnapshot, heldIn } from './docker-bench-error.ts';

const defaultBridge = (isolated: boolean) =>
  aNetwork({
    Name: 'bridge',
    Driver: 'bridge',
    Options: {
      'com.docker.network.bridge.default_bridge': 'true',
      'com.docker.network.bridge.enable_icc': String(!isolated),
    },
  });

/** An engine of 20.10, which shows little of its options, with the files that configure it. */
const engineWith = (files: HostFiles, info: Partial<EngineInfo> = {}) =>
  aSnapshot({
    hostFiles: aTidyHost(files),
    version: { Version: '20.10.24' },
    info: { ServerVersion: '20.10.24', Debug: false, LiveRestoreEnabled: false, ...info },
    networks: { value: [defaultBridge(false)] },
  });
const started = (words: string): HostFiles => ({ units: { 'docker.service': dockerService(words) } });
const configured = (settings: Record<string, unknown>): HostFiles => ({
  daemonConfig: { path: '/etc/docker/daemon.json', state: 'read', settings },
});
const held = (outcome: Outcome, files: HostFiles, info: Partial<EngineInfo> = {}): HeldBySnapshot => ({
  snapshot: engineWith(files, info),
  outcomes: [outcome],
});

const options = 'engine/configured-option';
const remote = 'daemon-attack-surface/remote-api-mutual-tls';

export const daemonErrors: readonly DockerBenchError[] = [
  {
    check: 'daemon-rootless',
    error: 'decides nothing',
    heldBy: heldIn('unprivileged-processes/daemon-rootless', 'passes on a rootless daemon'),
  },
  {
    check: 'default-bridge-isolated',
    error: 'warns where --icc=0 or --icc=f keeps containers apart, and never looks at the network itself',
    heldBy: { snapshot: aSnapshot({ networks: { value: [defaultBridge(true)] } }), outcomes: ['pass'] },
  },
  {
    check: 'default-bridge-isolated',
    error: "reads the newest process whose command line says dockerd, which may be another engine's",
    heldBy: { snapshot: engineWith(started('--icc=false')), outcomes: ['fail'] },
  },
  {
    check: 'daemon-log-level',
    error: 'never comes to the command line: --log-level=debug passes',
    heldBy: held('fail', started('--log-level=debug')),
  },
  {
    check: 'daemon-log-level',
    error: 'passes in debug mode, by flag or by key',
    heldBy: heldIn('logging-and-operations/daemon-log-level', 'fails in debug mode, which wins over any level'),
  },
  {
    check: 'daemon-log-level',
    error: 'warns in its 1.6.0 release for a daemon.json that names no level',
    heldBy: held('pass', configured({ 'live-restore': true })),
  },
  {
    check: 'daemon-log-level',
    error: 'knows --config-file only with an equals sign',
    heldBy: held('fail', {
      ...started('--config-file /srv/daemon.json'),
      daemonConfig: { path: '/srv/daemon.json', state: 'read', settings: { 'log-level': 'error' } },
    }),
  },
  {
    check: 'daemon-manages-firewall',
    error: 'looks for the word false: --iptables=0 passes',
    heldBy: held('fail', started('--iptables=0')),
  },
  {
    check: 'no-insecure-registries',
    error: 'never asks the engine, and passes where the configuration is named with a blank before it',
    heldBy: heldIn('registry-and-accounts/no-insecure-registries', 'fails on an insecure registry'),
  },
  {
    check: 'no-insecure-registries',
    error: 'warns in its 1.6.0 release for any daemon.json without the key',
    heldBy: heldIn('registry-and-accounts/no-insecure-registries', 'passes with the built-in loopback ranges alone'),
  },
  {
    check: 'remote-api-mutual-tls',
    error: 'does not see -H on the command line: a daemon in clear on every address is "not listening on TCP"',
    heldBy: heldIn(remote, 'fails when the engine answers in clear text'),
  },
  {
    check: 'remote-api-mutual-tls',
    error: 'warns for a sound tlsverify in daemon.json',
    heldBy: {
      snapshot: aSnapshot({
        endpoint: anEndpoint(),
        hostFiles: aTidyHost(configured({ hosts: ['tcp://0.0.0.0:2376'], tlsverify: true })),
      }),
      outcomes: ['pass'],
    },
  },
  {
    check: 'remote-api-mutual-tls',
    error: 'judges by the spelling of options: --tls is unverified to it whatever the engine does',
    heldBy: {
      snapshot: aSnapshot({
        endpoint: anEndpoint({ anonymousTls: probed('refused') }),
        hostFiles: aTidyHost(started('--tls')),
      }),
      outcomes: ['pass'],
    },
  },
  {
    check: 'daemon-default-ulimits',
    error: 'passes for any limit, however high',
    heldBy: heldIn(options, 'daemon-default-ulimits fails above the highest'),
  },
  {
    check: 'daemon-default-ulimits',
    error: 'passes in its 1.6.0 release for every daemon.json without the key',
    heldBy: held('fail', configured({ 'live-restore': true })),
  },
  {
    check: 'userns-remap',
    error: 'passes for --userns-remap= with nothing behind it, which switches it off',
    heldBy: held('fail', started('--userns-remap='), { SecurityOptions: ['name=seccomp,profile=default'] }),
  },
  {
    check: 'userns-remap',
    error: 'warns for rootless daemons, whose containers are in a user namespace all the same',
    heldBy: {
      snapshot: aSnapshot({ info: { SecurityOptions: ['name=seccomp,profile=builtin', 'name=rootless'] } }),
      outcomes: ['pass'],
    },
  },
  {
    check: 'userns-remap',
    error: 'passes in its 1.6.0 release for any daemon.json without the key',
    heldBy: held('fail', configured({ 'live-restore': true }), { SecurityOptions: [] }),
  },
  {
    check: 'default-cgroup-parent',
    error: 'can not fail by daemon.json, as it drops every line that it reads',
    heldBy: held('fail', configured({ 'cgroup-parent': '/x' })),
  },
  {
    check: 'devicemapper-base-size',
    error: 'reads the last --storage-opt alone',
    heldBy: held('fail', started('--storage-opt dm.basesize=50G --storage-opt dm.fs=xfs'), { Driver: 'devicemapper' }),
  },
  {
    check: 'devicemapper-base-size',
    error: 'does not look at the driver: the option of one that is not in use warns',
    heldBy: held('not-applicable', configured({ 'storage-opts': ['dm.basesize=50G'] }), { Driver: 'overlay2' }),
  },
  {
    check: 'api-authorization-plugin',
    error: 'takes an option for a plugin in force, and in its 1.6.0 release the lack of the key as well',
    heldBy: held('fail', configured({ 'live-restore': true }), { Plugins: { Authorization: null } }),
  },
  {
    check: 'container-logs-leave-host',
    error: 'passes for local, which keeps logs on the host',
    heldBy: heldIn('logging-and-operations/container-logs-leave-host', 'fails on local'),
  },
  {
    check: 'container-logs-leave-host',
    error: 'passes for none and for the journal',
    heldBy: heldIn('logging-and-operations/container-logs-leave-host', 'weighs more when there is no log at all'),
  },
  {
    check: 'container-logs-leave-host',
    error: 'never looks at the address',
    heldBy: heldIn('logging-and-operations/container-logs-leave-host', 'fails on syslog without an address'),
  },
  {
    check: 'daemon-no-new-privileges',
    error: 'takes the name of the flag for its value: --no-new-privileges=false passes',
    heldBy: held('fail', started('--no-new-privileges=false'), { SecurityOptions: ['name=seccomp,profile=default'] }),
  },
  {
    check: 'live-restore',
    error: 'takes the name of the flag for its value: --live-restore=false passes',
    heldBy: held('fail', started('--live-restore=false'), { Swarm: { LocalNodeState: 'inactive' } }),
  },
  {
    check: 'live-restore',
    error: 'counts a node of a swarm, where it can not be had, as a pass',
    heldBy: heldIn('logging-and-operations/live-restore', 'does not apply to an active node of a swarm'),
  },
  {
    check: 'no-userland-proxy',
    error: 'warns for --userland-proxy=0',
    heldBy: held('pass', started('--userland-proxy=0')),
  },
  {
    check: 'default-seccomp-profile',
    error: 'passes for the name of up to 20.10 alone: every newer engine gets a remark',
    heldBy: heldIn('security-modules/default-seccomp-profile', 'passes on the built-in profile as named since 23.0'),
  },
  {
    check: 'default-seccomp-profile',
    error: 'has no more than a remark for unconfined',
    heldBy: heldIn('security-modules/default-seccomp-profile', 'fails on unconfined as the default'),
  },
  {
    check: 'no-experimental-features',
    error: 'calls the option deprecated since 19.03 and never reports it again',
    heldBy: heldIn('daemon-attack-surface/no-experimental-features', 'fails on the flag of /version'),
  },
];

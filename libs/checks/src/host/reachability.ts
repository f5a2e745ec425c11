import { type ContainerEntry, type ContainerInspect, type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { effectiveCapabilities } from '../engine/capabilities.ts';
import { isRootUser } from '../engine/container-user.ts';
import { isUp } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { hasNoNewPrivileges } from '../engine/no-new-privileges.ts';
import { publishedPorts } from '../engine/published-ports.ts';
import { isInUserNamespace } from '../engine/user-namespaces.ts';
import type { Condition } from './vulnerability-table/conditions.ts';

/** Whether a flaw can be reached on this host. `perhaps`: what is needed is there, or nobody can see it from here. */
export interface Reachability {
  readonly answer: 'yes' | 'no' | 'perhaps';
  readonly because: string;
}

const yes = (because: string): Reachability => ({ answer: 'yes', because });
const no = (because: string): Reachability => ({ answer: 'no', because });
const perhaps = (because: string): Reachability => ({ answer: 'perhaps', because });
const notSeen = (what: string): Reachability => perhaps(`${what} was not seen`);

/** The way to most flaws is a person's or an image's doing, which no snapshot shows. */
export const notDecidable: Reachability = perhaps(
  'it depends on who and what is let in, which the engine does not tell',
);

type Rule = (snapshot: HostSnapshot, context: JudgingContext) => Reachability;

interface RunningContainer {
  readonly container: ContainerEntry;
  readonly inspect: ContainerInspect;
}

/**
 * Asks for every container that is up. A `true` makes it `found`; without one, an `undefined`, or a container that was
 * not seen, leaves it open.
 */
const anyContainer = (
  snapshot: HostSnapshot,
  asks: (running: RunningContainer) => boolean | undefined,
  found: (name: string) => Reachability,
  none: string,
): Reachability => {
  const containers = valueOf(snapshot.containers);
  if (containers === undefined) return notSeen('The list of containers');
  let unseen: string | undefined;
  for (const container of containers) {
    if (isUp(container) === false) continue;
    const inspect = valueOf(container.inspect);
    const answer = inspect === undefined ? undefined : asks({ container, inspect });
    if (answer === true) return found(container.name);
    if (answer === undefined) unseen ??= container.name;
  }
  return unseen === undefined ? no(none) : notSeen(`What decides it for the container ${unseen}`);
};

const securityOptionRule =
  (names: readonly string[], found: Reachability, none: string): Rule =>
  (_snapshot, { info }) => {
    const options = info?.SecurityOptions;
    if (options === undefined) return notSeen('info.SecurityOptions');
    const has = (options ?? []).some((option) => names.some((name) => option.split(',').includes(`name=${name}`)));
    return has ? found : no(none);
  };

const firewalld = (context: JudgingContext): boolean | undefined => {
  const driver = context.info?.FirewallBackend?.Driver;
  return driver === undefined ? undefined : driver.includes('firewalld');
};

const rules: Readonly<Record<Condition, Rule>> = {
  'api-over-network': (snapshot) => {
    const endpoint = valueOf(snapshot.endpoint);
    if (endpoint === undefined) return notSeen('The endpoint');
    return endpoint.transport === 'unix'
      ? perhaps('the engine was asked over its socket here, and may listen on the network too')
      : yes('the API was reached over the network');
  },
  'authorization-plugin': (_snapshot, { info }) => {
    if (info?.Plugins === undefined || info.Plugins.Authorization === undefined)
      return notSeen('info.Plugins.Authorization');
    return (info.Plugins.Authorization ?? []).length === 0
      ? no('no authorization plugin is in use')
      : perhaps('an authorization plugin is in use; whether it looks at bodies is its own matter');
  },
  'client-only': () => no('the flaw is in the docker command, whose version the engine does not know'),
  'containerd-image-store': (_snapshot, { info }) => {
    const status = info?.DriverStatus;
    if (status === undefined || status === null) return notSeen('info.DriverStatus');
    return status.some(([key, value]) => key === 'driver-type' && value?.includes('containerd') === true)
      ? perhaps('the engine keeps its images in containerd; whether images come from strangers is not known')
      : no('the engine unpacks images by itself, not through containerd');
  },
  'device-rules-on-cgroup-v1': (snapshot, { info }) => {
    if (info?.CgroupVersion === '2') return no('the host uses cgroup v2');
    const found = anyContainer(
      snapshot,
      ({ inspect: { HostConfig } }) => {
        const deviceRules = HostConfig?.DeviceCgroupRules;
        return deviceRules === undefined ? undefined : (deviceRules ?? []).length > 0;
      },
      (name) => yes(`${name} has device rules of its own, on cgroup v1`),
      'no running container has device rules of its own',
    );
    return found.answer === 'yes' && info?.CgroupVersion !== '1' ? notSeen('info.CgroupVersion') : found;
  },
  'encrypted-overlay': (snapshot, { info }) => {
    const state = info?.Swarm?.LocalNodeState;
    if (state === '' || state === 'inactive') return no('the host is in no swarm');
    const networks = valueOf(snapshot.networks);
    if (state === undefined || networks === undefined) return notSeen('What networks the swarm has');
    const encrypted = networks.find(
      ({ Driver, Options }) => Driver === 'overlay' && Options && Object.hasOwn(Options, 'encrypted'),
    );
    if (encrypted !== undefined)
      return perhaps(`${encrypted.Name ?? 'a network'} is encrypted; who reaches its port from outside is not known`);
    const isWhole = info?.Swarm?.ControlAvailable === true;
    const isSeen = networks.every(({ Driver, Options }) => Driver !== undefined && Options !== undefined);
    return isWhole && isSeen
      ? no('the swarm has no encrypted overlay network')
      : notSeen('Whether the swarm has encrypted networks');
  },
  experimental: (_snapshot, { info, version }) => {
    const flags = new Set([info?.ExperimentalBuild, version?.Experimental]);
    if (flags.has(true)) return perhaps('experimental features are on; whether checkpoints are used is not known');
    return flags.has(false) ? no('experimental features, checkpoints among them, are off') : notSeen('Experimental');
  },
  'firewalld-and-loopback-port': (snapshot, context) => {
    const isOn = firewalld(context);
    if (isOn === false) return no('the engine does not see firewalld on the host');
    const found = anyContainer(
      snapshot,
      ({ container, inspect }) => {
        const published = publishedPorts(snapshot, container, inspect);
        if (published.kind === 'not-seen') return undefined;
        if (published.kind === 'no-mapping') return false;
        if (published.ports.some(({ reach }) => reach === 'loopback')) return true;
        return published.ports.some(({ reach }) => reach === undefined) ? undefined : false;
      },
      (name) => yes(`the host runs firewalld, and ${name} publishes a port on loopback alone`),
      'no running container publishes a port on loopback alone',
    );
    return found.answer === 'yes' && isOn === undefined ? notSeen('Whether firewalld runs') : found;
  },
  'firewalld-and-several-bridges': (snapshot, context) => {
    const isOn = firewalld(context);
    if (isOn === false) return no('the engine does not see firewalld on the host');
    const networks = valueOf(snapshot.networks);
    if (networks === undefined || networks.some(({ Driver }) => Driver === undefined)) return notSeen('The networks');
    if (networks.filter(({ Driver }) => Driver === 'bridge').length < 2) return no('there is one bridge network only');
    return isOn === true ? yes('the host runs firewalld and has several bridge networks') : notSeen('firewalld');
  },
  'host-network-as-root': (snapshot, context) =>
    anyContainer(
      snapshot,
      ({ inspect: { HostConfig, Config } }) => {
        const mode = HostConfig?.NetworkMode;
        if (mode !== undefined && mode !== 'host' && !mode.startsWith('container:')) return false;
        if (mode === undefined || mode !== 'host') return undefined;
        const isRoot = isRootUser(Config?.User);
        const isMapped = isInUserNamespace(context, HostConfig);
        if (isRoot === false || isMapped === true) return false;
        return isRoot === undefined || isMapped === undefined ? undefined : true;
      },
      (name) => yes(`${name} runs as root in the network of the host`),
      'no running container is root in the network of the host',
    ),
  'internal-networks-only': (snapshot) => {
    const internal = new Map((valueOf(snapshot.networks) ?? []).map(({ Id, Internal }) => [Id, Internal]));
    return anyContainer(
      snapshot,
      ({ inspect: { NetworkSettings } }) => {
        const attached = NetworkSettings?.Networks && Object.values(NetworkSettings.Networks);
        if (attached === undefined || attached === null) return undefined;
        if (attached.length === 0) return false;
        const flags = new Set(
          attached.map(({ NetworkID }) => (NetworkID === undefined ? undefined : internal.get(NetworkID))),
        );
        if (flags.has(false)) return false;
        return flags.has(undefined) ? undefined : true;
      },
      (name) => perhaps(`${name} is on internal networks only; where the host's resolver listens is not known`),
      'no running container is on internal networks only',
    );
  },
  'managed-plugins': (snapshot) => {
    const plugins = valueOf(snapshot.plugins);
    if (plugins === undefined) return notSeen('The list of plugins');
    return plugins.length === 0
      ? no('no managed plugin is installed')
      : perhaps('managed plugins are installed; whether their source can be trusted is not known');
  },
  'net-raw-on-bridge': (snapshot) =>
    anyContainer(
      snapshot,
      ({ inspect: { HostConfig } }) => {
        const mode = HostConfig?.NetworkMode;
        if (mode === 'none' || mode === 'host') return false;
        const effective = effectiveCapabilities(HostConfig);
        return mode === undefined || effective === undefined ? undefined : effective.names.has('NET_RAW');
      },
      (name) => perhaps(`${name} has NET_RAW; whether its bridge takes router advertisements is not known`),
      'no running container on a bridge has NET_RAW',
    ),
  'not-by-docker': () => no('the way to it does not lead through the Docker Engine'),
  'ordinary-user-may-gain-privileges': (snapshot, context) =>
    anyContainer(
      snapshot,
      ({ inspect: { HostConfig, Config } }) => {
        const isRoot = isRootUser(Config?.User);
        const holds = hasNoNewPrivileges(context, HostConfig);
        if (isRoot === true || holds === true) return false;
        return isRoot === undefined || holds === undefined ? undefined : true;
      },
      (name) =>
        perhaps(`${name} runs as an ordinary user without no-new-privileges; what its image holds was not read`),
      'no running container is an ordinary user without no-new-privileges',
    ),
  'powercap-not-masked': (snapshot) =>
    anyContainer(
      snapshot,
      ({ inspect: { HostConfig } }) => {
        const masked = HostConfig?.MaskedPaths;
        if (masked === undefined) return undefined;
        return masked?.includes('/sys/devices/virtual/powercap') !== true;
      },
      (name) => yes(`${name} can read the power use of the processor`),
      'every running container has the mask',
    ),
  'rootless-on-cgroup-v2': (_snapshot, { isRootless, info }) => {
    if (isRootless === false) return no('the engine is not rootless');
    if (info?.CgroupVersion === '1') return no('the host uses cgroup v1');
    return isRootless === true && info?.CgroupVersion === '2'
      ? yes('the engine is rootless, on cgroup v2')
      : notSeen('What decides it in /info');
  },
  'security-module': securityOptionRule(
    ['apparmor', 'selinux'],
    perhaps('the host confines containers by AppArmor or SELinux; whether images come from strangers is not known'),
    'the engine uses neither AppArmor nor SELinux',
  ),
  selinux: securityOptionRule(
    ['selinux'],
    perhaps('the engine uses SELinux; whether Kubernetes shares this containerd is not known'),
    'the engine does not use SELinux',
  ),
  'swarm-manager-with-debug': (_snapshot, { info }) => {
    if (info?.Debug === false) return no('debug mode is off');
    if (info?.Swarm?.ControlAvailable === false) return no('the host is no swarm manager');
    return info?.Debug === true && info.Swarm?.ControlAvailable === true
      ? perhaps('debug mode is on, on a swarm manager; whether stacks are deployed anew is not known')
      : notSeen('What decides it in /info');
  },
  terminal: (snapshot) =>
    anyContainer(
      snapshot,
      ({ inspect: { Config } }) => Config?.Tty,
      (name) => perhaps(`${name} was started with a terminal; whether its image can be trusted is not known`),
      'no running container was started with a terminal',
    ),
  'users-remapped': (_snapshot, { isUserRemapped }) => {
    if (isUserRemapped === undefined) return notSeen('info.SecurityOptions');
    return isUserRemapped
      ? perhaps('the engine remaps users; what the remapped root can reach on the host is not known')
      : no('the engine does not remap users');
  },
};

export const reachabilityOf = (
  condition: Condition | undefined,
  snapshot: HostSnapshot,
  context: JudgingContext,
): Reachability => (condition === undefined ? notDecidable : rules[condition](snapshot, context));

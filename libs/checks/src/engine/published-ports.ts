import type { ContainerEntry, ContainerInspect, HostSnapshot } from '@plimsoll/snapshot';
import { defaultHostAddress } from './default-host-address.ts';
import { type AddressReach, reachOf } from './host-addresses.ts';
import { oncePerSnapshot } from './once-per-snapshot.ts';

/** A port of a container that the engine opens, or would open, on the host. */
export interface PublishedPort {
  readonly containerPort: number;
  /** tcp, udp or sctp. */
  readonly protocol: string;
  /** `from` and `to` differ for a range of which one is taken at the start. Undefined: the engine picks one then. */
  readonly hostPort: { readonly from: number; readonly to: number } | undefined;
  /** As the engine or its configuration names them, both address families together. */
  readonly hostAddresses: readonly string[];
  /** That of the widest address; undefined where the network's default address was not seen. */
  readonly reach: AddressReach | undefined;
}

export type PublishedPorts =
  /** The bindings in force, or those that the next start would make; may be empty. */
  | {
      readonly kind: 'ports';
      readonly inForce: boolean;
      readonly source: string;
      readonly ports: readonly PublishedPort[];
      /** Whether a network in gateway mode "routed" (28.0+) lets others reach ports at the container's own address. */
      readonly routed: boolean;
    }
  /** The container maps no ports of its own: no network, the host's, or another container's. */
  | { readonly kind: 'no-mapping'; readonly networkMode: string }
  | { readonly kind: 'not-seen'; readonly why: string };

/** Several checks show the same port. */
const descriptions = new WeakMap<PublishedPort, string>();

/** `0.0.0.0:8080 → 80/tcp`, for reasons and evidence. */
export const describePort = (port: PublishedPort): string => {
  const known = descriptions.get(port) ?? writePort(port);
  descriptions.set(port, known);
  return known;
};

const writePort = ({ containerPort, protocol, hostPort, hostAddresses }: PublishedPort): string => {
  const ports = hostPort === undefined ? 'ephemeral' : [...new Set([hostPort.from, hostPort.to])].join('-');
  const addresses = hostAddresses.map((address) => (address.includes(':') ? `[${address}]` : address || '*'));
  return `${addresses.join(',') || '?'}:${ports} → ${containerPort}/${protocol}`;
};

const readPorts = oncePerSnapshot(() => new Map<ContainerInspect, PublishedPorts>());

/**
 * The published ports of a container: `NetworkSettings.Ports` while it runs, `HostConfig.PortBindings` when it does not
 * (the live table is then empty, between two automatic restarts too). A port that is bound on both address families
 * appears once. Ports that swarm opens in ingress mode are in no container's table: see the services.
 */
export const publishedPorts = (
  snapshot: HostSnapshot,
  container: ContainerEntry,
  inspect: ContainerInspect,
): PublishedPorts => {
  const known = readPorts(snapshot);
  const read = known.get(inspect) ?? readPublishedPorts(snapshot, container, inspect);
  known.set(inspect, read);
  return read;
};

const readPublishedPorts = (
  snapshot: HostSnapshot,
  container: ContainerEntry,
  inspect: ContainerInspect,
): PublishedPorts => {
  const networkMode = inspect.HostConfig?.NetworkMode;
  if (networkMode === undefined) return { kind: 'not-seen', why: 'HostConfig.NetworkMode was not seen' };
  if (networkMode === 'none' || networkMode === 'host' || networkMode.startsWith('container:'))
    return { kind: 'no-mapping', networkMode };
  const state = (inspect.State?.Status ?? container.state)?.toLowerCase();
  const live = inspect.NetworkSettings?.Ports;
  if (state === undefined) return { kind: 'not-seen', why: 'State.Status was not seen' };
  return state === 'running' || state === 'paused'
    ? portsInForce(live)
    : portsConfigured(snapshot, inspect, networkMode);
};

type PortMap = NonNullable<ContainerInspect['NetworkSettings']>['Ports'];

const portsInForce = (map: PortMap): PublishedPorts => {
  const source = 'NetworkSettings.Ports';
  if (map === undefined) return { kind: 'not-seen', why: `${source} was not seen` };
  const found = new PortCollection(source);
  for (const [key, bindings] of Object.entries(map ?? {})) {
    for (const { HostIp, HostPort } of bindings ?? []) {
      if (HostPort === '') found.routed = true;
      else found.add(key, HostPort, HostIp);
    }
  }
  return found.result(true);
};

/** What the engine makes of a port with no binding, or of every exposed port under `--publish-all`. */
const anyPort = [{ HostIp: '', HostPort: '' }];

const portsConfigured = (snapshot: HostSnapshot, inspect: ContainerInspect, networkMode: string): PublishedPorts => {
  const source = 'HostConfig.PortBindings';
  const map = inspect.HostConfig?.PortBindings;
  const publishAll = inspect.HostConfig?.PublishAllPorts;
  if (map === undefined) return { kind: 'not-seen', why: `${source} was not seen` };
  if (publishAll === undefined) return { kind: 'not-seen', why: 'HostConfig.PublishAllPorts was not seen' };
  const defaults = defaultHostAddress(snapshot, networkMode);
  const found = new PortCollection(source);
  if (defaults.kind === 'opens-nothing') return found.result(false);
  if (publishAll && inspect.Config?.ExposedPorts === undefined)
    return { kind: 'not-seen', why: 'Config.ExposedPorts was not seen, and every port in it is published' };
  const exposed = publishAll ? Object.keys(inspect.Config?.ExposedPorts ?? {}) : [];
  const wanted = new Map([...exposed.map((key) => [key, anyPort] as const), ...Object.entries(map ?? {})]);
  for (const [key, bindings] of wanted) {
    for (const { HostIp, HostPort } of bindings === null || bindings.length === 0 ? anyPort : bindings) {
      if (HostIp !== '') found.add(key, HostPort, HostIp);
      else found.add(key, HostPort, defaults.kind === 'address' ? defaults.address : null);
    }
  }
  return found.result(false);
};

const keyPattern = /^(\d{1,5})(?:\/([a-z]+))?$/;
const hostPortPattern = /^(\d{1,5})(?:-(\d{1,5}))?$/;
const reaches: readonly AddressReach[] = ['loopback', 'one-address', 'every-address'];

interface Collected extends PublishedPort {
  hostAddresses: string[];
  reach: AddressReach | undefined;
}

/** Joins what belongs to one port, and remembers the first thing that could not be understood. */
class PortCollection {
  routed = false;
  private readonly ports = new Map<string, Collected>();
  private notUnderstood: string | undefined;
  private readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  /** @param address null: the default address, which was not seen */
  add(key: string, hostPortText: string | undefined, address: string | null | undefined): void {
    const [, containerPort, protocol = 'tcp'] = keyPattern.exec(key) ?? [];
    const hostPort = readHostPort(hostPortText);
    const reach = typeof address === 'string' ? reachOf(address) : undefined;
    if (containerPort === undefined) this.refuse(`"${key}" is no port`);
    else if (hostPort === 'not-understood') this.refuse(`the host port of ${key} is not understood`);
    else if (address === undefined || (address !== null && reach === undefined))
      this.refuse(`the host address of ${key} is not understood`);
    else {
      const id = `${containerPort}/${protocol} ${hostPort?.from}-${hostPort?.to}`;
      const known = this.ports.get(id);
      if (known === undefined)
        this.ports.set(id, {
          containerPort: Number(containerPort),
          protocol,
          hostPort,
          hostAddresses: address === null ? [] : [address],
          reach,
        });
      else if (address !== null) {
        known.hostAddresses.push(address);
        known.reach = widest(known.reach, reach);
      }
    }
  }

  result(inForce: boolean): PublishedPorts {
    if (this.notUnderstood !== undefined) return { kind: 'not-seen', why: `${this.source}: ${this.notUnderstood}` };
    return { kind: 'ports', inForce, source: this.source, ports: [...this.ports.values()], routed: this.routed };
  }

  private refuse(why: string): void {
    this.notUnderstood ??= why;
  }
}

/** Undefined where the engine picks the port. */
const readHostPort = (text: string | undefined): { from: number; to: number } | undefined | 'not-understood' => {
  if (text === '' || text === '0') return undefined;
  const [, from, to = from] = hostPortPattern.exec(text ?? '') ?? [];
  if (from === undefined || to === undefined || Number(to) > 65_535 || Number(from) > Number(to))
    return 'not-understood';
  return { from: Number(from), to: Number(to) };
};

const widest = (left: AddressReach | undefined, right: AddressReach | undefined): AddressReach | undefined =>
  left === 'every-address' || right === 'every-address'
    ? 'every-address'
    : left && right && reaches[Math.max(reaches.indexOf(left), reaches.indexOf(right))];

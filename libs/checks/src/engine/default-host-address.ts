import { type EngineNetwork, type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { oncePerSnapshot } from './once-per-snapshot.ts';

/** What a port published with no address of its own is bound to on a network. */
export type DefaultHostAddress =
  | { readonly kind: 'address'; readonly address: string }
  /** The network's containers are reached by their own addresses, or not at all: no port of the host is opened. */
  | { readonly kind: 'opens-nothing' }
  | { readonly kind: 'not-seen' };

const networksByReference = oncePerSnapshot(
  (snapshot: HostSnapshot): ReadonlyMap<string, EngineNetwork> =>
    new Map(
      (valueOf(snapshot.networks) ?? []).flatMap((network) =>
        [network.Id, network.Name].flatMap((reference) =>
          reference === undefined ? [] : [[reference, network] as const],
        ),
      ),
    ),
);

/** The network that a container's `NetworkMode` names; `''` and `default` are the default bridge (`nat` on Windows, `podman` there). */
export const networkOfMode = (snapshot: HostSnapshot, networkMode: string): EngineNetwork | undefined => {
  const networks = networksByReference(snapshot);
  const found = networks.get(networkMode);
  if (found !== undefined || !['', 'default', 'bridge'].includes(networkMode)) return found;
  return networks.get('bridge') ?? networks.get('nat') ?? networks.get('podman');
};

/** Podman names a way instead of a network; a port without an address is then open on all of them. */
const podmanModes = ['slirp4netns', 'pasta', 'private'];
/** Drivers that put containers on a network of their own and map no ports of the host. */
const driversWithoutMapping = new Set(['macvlan', 'ipvlan', 'host', 'null', 'l2bridge', 'transparent']);
const bridgeOption = (network: EngineNetwork | undefined, name: string): string | undefined =>
  network?.Options?.[`com.docker.network.bridge.${name}`];

const mapsPorts = (mode: string | undefined): boolean => mode === undefined || mode.startsWith('nat') || mode === '';

/**
 * The default address of a network: `host_binding_ipv4` (where daemon.json's `ip` and `default-network-opts` end up),
 * else every address. Only a container that does not run needs it: the live table shows the result.
 */
export const defaultHostAddress = (snapshot: HostSnapshot, networkMode: string): DefaultHostAddress => {
  if (podmanModes.some((mode) => networkMode.startsWith(mode))) return { kind: 'address', address: '0.0.0.0' };
  const network = networkOfMode(snapshot, networkMode);
  if (network === undefined) return { kind: 'not-seen' };
  const driver = network.Driver ?? 'bridge';
  if (driversWithoutMapping.has(driver)) return { kind: 'opens-nothing' };
  // An overlay network reaches the outside by way of the bridge that swarm made for that.
  const gateway = driver === 'overlay' ? networksByReference(snapshot).get('docker_gwbridge') : network;
  const maps4 = mapsPorts(bridgeOption(gateway, 'gateway_mode_ipv4'));
  const maps6 = gateway?.EnableIPv6 !== false && mapsPorts(bridgeOption(gateway, 'gateway_mode_ipv6'));
  if (!maps4) return maps6 ? { kind: 'address', address: '::' } : { kind: 'opens-nothing' };
  return { kind: 'address', address: bridgeOption(gateway, 'host_binding_ipv4') || '0.0.0.0' };
};

/** Whether ports that are not published can be reached by routing (gateway mode `nat-unprotected`, 28.0 and later). */
export const isUnprotected = (network: EngineNetwork | undefined): boolean =>
  [4, 6].some((family) => bridgeOption(network, `gateway_mode_ipv${family}`) === 'nat-unprotected');

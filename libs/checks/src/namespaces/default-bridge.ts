import type { EngineNetwork } from '@plimsoll/snapshot';

const isDefault = 'com.docker.network.bridge.default_bridge';
const talk = 'com.docker.network.bridge.enable_icc';

/** The network of containers that name none. It is called `bridge` whatever device `--bridge` gives it. */
export const defaultBridgeOf = (networks: readonly EngineNetwork[]): EngineNetwork | undefined =>
  networks.find(({ Options }) => Options?.[isDefault] === 'true') ??
  networks.find(({ Name, Driver }) => Name === 'bridge' && (Driver === undefined || Driver === 'bridge'));

/** Whether containers on a bridge may talk to each other: its option, which the engine takes for true when absent. */
export const bridgeLetsContainersTalk = (network: EngineNetwork): boolean | undefined =>
  network.Options === undefined ? undefined : network.Options?.[talk] !== 'false';

export const talkEvidence = (network: EngineNetwork) =>
  [{ source: `networks[bridge].Options["${talk}"]`, value: network.Options?.[talk] ?? null }] as const;

import type { EngineInfo } from '@plimsoll/snapshot';
import { reachOf } from '../engine/host-addresses.ts';

type RegistryConfig = NonNullable<EngineInfo['RegistryConfig']>;

const userInformation = /^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i;

/**
 * Mirrors of Docker Hub, each once although the engine lists them twice, without the login that a URL may hold.
 * Undefined where neither list was seen.
 */
export const mirrorsOf = (config: RegistryConfig): string[] | undefined => {
  const hub = config.IndexConfigs?.['docker.io'];
  if (config.Mirrors === undefined && hub?.Mirrors === undefined) return undefined;
  const all = [...(config.Mirrors ?? []), ...(hub?.Mirrors ?? [])];
  return [...new Set(all.map((mirror) => mirror.replace(userInformation, '$1').replace(/\/$/, '')))];
};

const plainAddress = /^http:\/\/(\[[^\]]*\]|[^:/?#]*)/i;

/** Whether a mirror is read in clear text across a network; on loopback nobody sits on the way. */
export const isPlainMirror = (mirror: string): boolean => {
  const host = plainAddress.exec(mirror)?.[1]?.toLowerCase();
  return host !== undefined && host !== 'localhost' && reachOf(host.replace(/^\[(.*)\]$/, '$1')) !== 'loopback';
};

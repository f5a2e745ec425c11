import type { EngineInfo } from '@plimsoll/snapshot';
import { reachOf } from '../engine/host-addresses.ts';

/** An address on which the engine itself says it listens without asking for certificates. */
export interface UnprotectedListener {
  /** The engine's own line. */
  readonly warning: string;
  /** Host or address without port; empty for all of them. */
  readonly host: string;
  readonly isLoopback: boolean;
}

/**
 * The lasting part of a line that began with "WARNING:" up to 25.0 and with "[DEPRECATION NOTICE]:" since.
 * Only listeners of `-H tcp://` appear, none that systemd hands over.
 */
const unprotected = /API is accessible on https?:\/\/(\S+) without (?:encryption|TLS client verification)/;

/** Undefined where `Warnings` was not seen: engines before 18.09 have none. */
export const unprotectedListenersOf = (info: EngineInfo | undefined): UnprotectedListener[] | undefined => {
  if (info?.Warnings === undefined) return undefined;
  return (info.Warnings ?? []).flatMap((warning) => {
    const address = unprotected.exec(warning)?.[1];
    if (address === undefined) return [];
    const host = hostOf(address);
    return [{ warning, host, isLoopback: isLoopbackHost(host) }];
  });
};

/** `10.0.0.5:2375` → `10.0.0.5`, `[::]:2375` → `::`, `:2375` → ``. */
const hostOf = (address: string): string => /^(?:\[([^\]]*)\]|([^:/]*))/.exec(address)?.slice(1).join('') ?? address;

export const isLoopbackHost = (host: string): boolean =>
  host.toLowerCase() === 'localhost' || (host !== '' && reachOf(host) === 'loopback');

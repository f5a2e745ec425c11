import { reachOf } from '../engine/host-addresses.ts';

export interface LogDestination {
  /** `host`: the log of this host itself; `forwarder`: something else on this host; `remote`: elsewhere. */
  readonly reach: 'host' | 'forwarder' | 'remote';
  /** Scheme and host alone: a path or user part may hold a secret. */
  readonly shown: string;
  /** The container named no address. */
  readonly isDefault: boolean;
}

/** `tcp+tls://user@log.example:6514/path`, `log.example:24224`, `[::1]:514`, `unix:///run/log.sock` */
const addressPattern =
  /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:[^@/]*@)?(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::\d+)?(?:[/?#].*)?$/i;
const remoteSchemes = new Set(['tcp', 'udp', 'tcp+tls', 'tls', undefined]);

/**
 * Where a driver of containers' logs sends them, by its address option. Undefined where the option is not understood
 * (it may be redacted) or its driver can't do without it.
 * @see https://docs.docker.com/engine/logging/drivers/syslog/
 */
export const logDestinationOf = (driver: string, address: string | undefined): LogDestination | undefined => {
  if (address === undefined || address === '') {
    if (driver === 'syslog') return { reach: 'host', shown: 'the local syslog socket', isDefault: true };
    return driver === 'fluentd' ? { reach: 'forwarder', shown: 'localhost:24224', isDefault: true } : undefined;
  }
  if (/^unix(?:gram)?:\/\//i.test(address)) return { reach: 'forwarder', shown: 'a UNIX socket', isDefault: false };
  const [, scheme, host] = addressPattern.exec(address) ?? [];
  if (host === undefined || !remoteSchemes.has(scheme?.toLowerCase())) return undefined;
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  const isLocal =
    bare === 'localhost' || bare.endsWith('.localhost') || (reachOf(bare) ?? 'one-address') !== 'one-address';
  return {
    reach: isLocal ? 'forwarder' : 'remote',
    shown: scheme === undefined ? host : `${scheme}://${host}`,
    isDefault: false,
  };
};

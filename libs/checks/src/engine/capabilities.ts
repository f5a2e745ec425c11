import type { HostConfig } from '@plimsoll/snapshot';

/** What a container holds when nothing is added or dropped: the same fourteen from Docker 1.x to 29.x. */
export const defaultCapabilities = [
  'CHOWN',
  'DAC_OVERRIDE',
  'FSETID',
  'FOWNER',
  'MKNOD',
  'NET_RAW',
  'SETGID',
  'SETUID',
  'SETFCAP',
  'SETPCAP',
  'NET_BIND_SERVICE',
  'SYS_CHROOT',
  'KILL',
  'AUDIT_WRITE',
] as const;

/** All 41 that Linux knows since 5.9. */
export const linuxCapabilities: readonly string[] = [
  ...defaultCapabilities,
  'AUDIT_CONTROL',
  'AUDIT_READ',
  'BLOCK_SUSPEND',
  'BPF',
  'CHECKPOINT_RESTORE',
  'DAC_READ_SEARCH',
  'IPC_LOCK',
  'IPC_OWNER',
  'LEASE',
  'LINUX_IMMUTABLE',
  'MAC_ADMIN',
  'MAC_OVERRIDE',
  'NET_ADMIN',
  'NET_BROADCAST',
  'PERFMON',
  'SYS_ADMIN',
  'SYS_BOOT',
  'SYSLOG',
  'SYS_MODULE',
  'SYS_NICE',
  'SYS_PACCT',
  'SYS_PTRACE',
  'SYS_RAWIO',
  'SYS_RESOURCE',
  'SYS_TIME',
  'SYS_TTY_CONFIG',
  'WAKE_ALARM',
];
const known = new Set(linuxCapabilities);

/** `cap_net_admin`, `CAP_NET_ADMIN` and `net_admin` are `NET_ADMIN`: the engine stores what the client typed. */
export const capabilityName = (typed: string): string => typed.trim().toUpperCase().replace(/^CAP_/, '');

export interface EffectiveCapabilities {
  /** Upper case, without `CAP_`. */
  readonly names: ReadonlySet<string>;
  /** Why the container holds what it holds. */
  readonly from: 'privileged' | 'all-added' | 'all-dropped' | 'default';
  /** Names that were added and are no capability of any Linux we know. */
  readonly unknownNames: readonly string[];
}

const workedOut = new WeakMap<HostConfig, EffectiveCapabilities | 'not-seen'>();

/**
 * The bounding set of a container's first process, as the engine works it out: privileged is everything; `ALL` added
 * wins over `ALL` dropped; a name in both lists is granted.
 * Undefined where a field that decides was not seen; the engine always sends all three.
 * @see moby/moby daemon/pkg/oci/caps/utils.go (TweakCapabilities)
 */
export const effectiveCapabilities = (hostConfig: HostConfig | undefined): EffectiveCapabilities | undefined => {
  if (hostConfig === undefined) return undefined;
  const remembered = workedOut.get(hostConfig) ?? workOut(hostConfig) ?? 'not-seen';
  workedOut.set(hostConfig, remembered);
  return remembered === 'not-seen' ? undefined : remembered;
};

const workOut = (hostConfig: HostConfig): EffectiveCapabilities | undefined => {
  if (hostConfig.Privileged === true) return { names: known, from: 'privileged', unknownNames: [] };
  if (hostConfig.Privileged === undefined) return undefined;
  if (hostConfig.CapAdd === undefined || hostConfig.CapDrop === undefined) return undefined;
  const added = (hostConfig.CapAdd ?? []).map(capabilityName);
  const dropped = new Set((hostConfig.CapDrop ?? []).map(capabilityName));
  const kept = (names: readonly string[]): string[] => names.filter((name) => !dropped.has(name));
  if (added.includes('ALL')) return { names: new Set(kept(linuxCapabilities)), from: 'all-added', unknownNames: [] };
  const unknownNames = added.filter((name) => !known.has(name));
  if (dropped.has('ALL')) return { names: new Set(added), from: 'all-dropped', unknownNames };
  return { names: new Set([...kept(defaultCapabilities), ...added]), from: 'default', unknownNames };
};

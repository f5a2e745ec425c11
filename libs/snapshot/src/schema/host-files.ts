import { z } from 'zod';
import { flag, lenient, lenientNullable, list, number, text, textList, textMap } from './lenient.ts';

/** On a container that reads host files for a scan; its value names who reads. Such a one is never started. */
export const hostFileReaderLabel = 'io.plimsoll.host-file-reader';

/**
 * What is known of one path of the host. Of private keys and shadow files this is all that is ever read.
 * A socket has no `uid` and `gid`: the archive of a container leaves sockets out, only their mode shows.
 */
export const HostPath = z.object({
  /** False only where the folder above was seen and holds no such name; undefined where nobody could look. */
  exists: flag,
  kind: lenient(z.enum(['file', 'folder', 'link', 'socket', 'other'])),
  /** Permission bits with set-uid, set-gid and sticky: `mode & 0o7777`. */
  mode: number,
  uid: number,
  gid: number,
  /** As the host's own /etc/passwd and /etc/group call them. */
  ownerName: text,
  groupName: text,
  /** Of a link: as written in it, absolute or relative to the link's folder. What it leads to has an entry of its own. */
  linkTarget: text,
});
export type HostPath = z.infer<typeof HostPath>;

/** How reading a file ended. Only `read` and `absent` say anything about what is not in it. */
const ReadState = lenient(z.enum(['read', 'absent', 'unreadable', 'malformed']));

/** A systemd unit, as its files stand on disk; what they come to is worked out by whoever asks. */
export const HostUnit = z.object({
  /** The file that systemd takes, first in its load order; `null`: no folder has one. */
  path: lenientNullable(z.string()),
  /** The file is a link to /dev/null: the unit can't be started. */
  masked: flag,
  /** Paths of the drop-ins that count, in the order in which they apply: by file name over all folders. */
  dropIns: textList,
  /**
   * Every `Key=value` in the order in which it applies: the unit's, then each drop-in's; comments gone, continued lines
   * joined. Credentials in values are redacted.
   */
  assignments: list(z.object({ file: text, section: text, key: text, value: text })),
});
export type HostUnit = z.infer<typeof HostUnit>;

/** A file system that the host mounts at start: a line of /etc/fstab or a `.mount` unit. */
export const HostMount = z.object({ source: text, where: text, type: text, options: textList });
export type HostMount = z.infer<typeof HostMount>;

/** The folder `.docker` of an account: which logins and which other hosts' keys it holds, never the secrets themselves. */
export const DockerClientFolder = z.object({
  home: text,
  state: ReadState,
  /** Entries of `auths`: whether one holds a login itself rather than through a helper. */
  registries: list(z.object({ name: text, holdsCredential: flag })),
  credentialStore: lenientNullable(z.string()),
  /** Whether a proxy's address in the file carries a password. */
  proxyPassword: flag,
  /** Contexts: where they lead, and whether a private key lies beside them. */
  contexts: list(z.object({ host: text, hasKey: flag })),
});
export type DockerClientFolder = z.infer<typeof DockerClientFolder>;

/** The few facts that checks need of the host's files, read with no code on the host. All values are redacted. */
export const HostFiles = z.object({
  /** By clean absolute path; a path without an entry was not looked at. */
  paths: lenient(z.record(z.string(), HostPath)),
  /** By name: docker.service, docker.socket, containerd.service, auditd.service, audit-rules.service. */
  units: lenient(z.record(z.string(), HostUnit)),
  /** By path, of the files that docker.service names in `EnvironmentFile`; `null`: no such file. */
  environmentFiles: lenient(z.record(z.string(), z.record(z.string(), z.string()).nullable())),
  /** The configuration file that dockerd takes (`--config-file`, else /etc/docker/daemon.json). */
  daemonConfig: lenient(
    z.object({ path: text, state: ReadState, settings: lenient(z.record(z.string(), z.unknown())) }),
  ),
  containerdConfig: lenient(
    z.object({
      path: text,
      state: ReadState,
      root: text,
      /** Of the socket, whichever section of the file names it; the ids are 0 where the file that was read names none. */
      grpc: lenient(z.object({ address: text, uid: number, gid: number })),
      imports: textList,
    }),
  ),
  /** `swarm/docker-state.json` below the daemon's data folder: where this node listens, as `ADDRESS:PORT`. */
  swarmState: lenient(z.object({ path: text, state: ReadState, listenAddress: text })),
  audit: lenient(
    z.object({
      /** False: /etc/audit does not exist. */
      installed: flag,
      /** Lines in force order within each file, without comments: /etc/audit/audit.rules and rules.d/*.rules by name. */
      files: list(z.object({ path: text, lines: textList })),
    }),
  ),
  mounts: list(HostMount),
  users: list(z.object({ name: text, uid: number, gid: number })),
  groups: list(z.object({ name: text, gid: number, members: textList })),
  /** The sources of `group:` in /etc/nsswitch.conf. */
  groupSources: textList,
  /** Links below the systemd folders' `*.wants` and `*.requires`, and `rc?.d/S*`. */
  enabledUnits: list(z.object({ unit: text, wantedBy: text })),
  /** What sysctl's files come to, by key; a key that no file sets is absent. */
  sysctls: textMap,
  /** Words that a boot loader's file hands to the kernel; `null`: no such file. */
  kernelCommandLine: textList,
  /** Of /boot/config-<release of the running kernel>, by option; `null`: no such file. */
  kernelOptions: textMap,
  /** Files below the registries' certs.d folder: paths, each with an entry in `paths`; `null`: none. */
  registryCertificates: textList,
  clientFolders: list(DockerClientFolder),
});
export type HostFiles = z.infer<typeof HostFiles>;

import type { GuardedThing } from '../engine/host-permissions.ts';
import {
  type HostView,
  type Places,
  type TlsFile,
  daemonConfigFile,
  isEnvironmentFile,
  tlsFilePlaces,
  unitDropIns,
  unitFile,
} from '../engine/host-places.ts';
import type { Severity } from '../engine/vocabulary.ts';

/** A file or folder of which CIS asks both who owns it and whom its mode lets in. */
export interface GuardedFile extends GuardedThing {
  /** Ids of its checks begin with it. */
  readonly id: string;
  readonly ownerNumber: string;
  readonly modeNumber: string;
  readonly level: 1 | 2;
  readonly severity: Severity;
  readonly modeSeverity?: Severity;
  readonly maxMode: string;
  /** For the command. */
  readonly path: string;
  readonly why: string;
  readonly found: string;
  /** Of a rootless daemon it is the account's own. */
  readonly isOwn: boolean;
  /** The unit's drop-ins count with it. */
  readonly unit?: string;
  readonly placesOf: (view: HostView) => Places;
  readonly severityHere?: (view: HostView) => Severity | undefined;
  readonly severityOf?: (surplus: number) => Severity | undefined;
}

/** A unit's file and, if wished, its drop-ins. */
export const unitPlaces = ({ facts }: HostView, unit: string, includeDropIns: boolean): Places => {
  const file = unitFile(facts, unit);
  if (file === undefined || file === 'none' || !includeDropIns) return file;
  const dropIns = unitDropIns(facts, unit);
  return dropIns === undefined ? undefined : [...file, ...dropIns];
};

const tlsFile = (file: TlsFile): Pick<GuardedFile, 'placesOf' | 'isOwn' | 'path' | 'found' | 'absent' | 'level'> => ({
  level: 1,
  isOwn: true,
  path: `/etc/docker/${file.usualName}`,
  absent: "The daemon's configuration names no such file, and TLS is off",
  found: `--${file.option} or the key ${file.option}; with TLS on and neither given, ${file.usualName} in $DOCKER_CERT_PATH, $DOCKER_CONFIG or /root/.docker.`,
  placesOf: ({ facts }) => tlsFilePlaces(facts, file),
});

const environmentFile = (
  path: string,
): Pick<GuardedFile, 'path' | 'placesOf' | 'severityHere' | 'found' | 'absent'> => ({
  path,
  absent: `${path} does not exist`,
  found: `The file ${path}.`,
  placesOf: () => [path],
  // Where the unit reads it, its words become the command line of root's daemon.
  severityHere: ({ facts }) => (isEnvironmentFile(facts, path) ? 'high' : undefined),
});

export const guardedFiles: readonly GuardedFile[] = [
  ...(['service', 'socket'] as const).map((kind): GuardedFile => ({
    id: `docker-${kind}-unit`,
    ownerNumber: kind === 'service' ? '3.1' : '3.3',
    modeNumber: kind === 'service' ? '3.2' : '3.4',
    level: 1,
    severity: 'high',
    maxMode: '0644',
    what: `The unit file docker.${kind}`,
    path: `/usr/lib/systemd/system/docker.${kind}`,
    why:
      kind === 'service'
        ? 'Whoever may write the unit or a drop-in decides what runs as root at the next start.'
        : "Whoever may write the unit or a drop-in decides who may open the daemon's socket, and that is root on the host.",
    absent: `No folder of systemd has a docker.${kind}, or it is masked`,
    found: `The first docker.${kind} in systemd's load order, links followed, and its drop-ins.`,
    isOwn: false,
    unit: `docker.${kind}`,
    placesOf: (view) => unitPlaces(view, `docker.${kind}`, true),
  })),
  {
    id: 'docker-configuration-folder',
    ownerNumber: '3.5',
    modeNumber: '3.6',
    level: 1,
    severity: 'high',
    maxMode: '0755',
    what: 'The folder /etc/docker',
    path: '/etc/docker',
    why: "Whoever may write there can put a configuration, a key or a registry's certificate of their own in place.",
    absent: '/etc/docker does not exist, or a rootless daemon does not use it',
    found: 'The folder /etc/docker, links followed.',
    isOwn: false,
    placesOf: ({ context }) => (context.isRootless === true ? 'none' : ['/etc/docker']),
  },
  {
    id: 'tls-ca-file',
    ownerNumber: '3.9',
    modeNumber: '3.10',
    severity: 'high',
    modeSeverity: 'medium',
    maxMode: '0444',
    what: "The authority's certificate for the daemon's clients",
    why: 'Whoever may write it can let in any client, and every client is root on the host.',
    severityOf: (surplus) => ((surplus & 0o022) === 0 ? undefined : 'critical'),
    ...tlsFile({ option: 'tlscacert', usualName: 'ca.pem' }),
  },
  {
    id: 'tls-certificate',
    ownerNumber: '3.11',
    modeNumber: '3.12',
    severity: 'medium',
    modeSeverity: 'low',
    maxMode: '0444',
    what: "The daemon's certificate",
    why: 'Whoever may write it can cut clients off. Reading it harms nobody: it is public.',
    ...tlsFile({ option: 'tlscert', usualName: 'cert.pem' }),
  },
  {
    id: 'tls-key',
    ownerNumber: '3.13',
    modeNumber: '3.14',
    severity: 'high',
    maxMode: '0400',
    what: "The daemon's private key",
    why: 'Whoever can read it can pose as the daemon to its clients.',
    ...tlsFile({ option: 'tlskey', usualName: 'key.pem' }),
  },
  {
    id: 'daemon-json',
    ownerNumber: '3.17',
    modeNumber: '3.18',
    level: 2,
    severity: 'high',
    maxMode: '0644',
    what: "The daemon's configuration file",
    path: '/etc/docker/daemon.json',
    why: 'Whoever may write it can name a runtime of their own, which runs as root from the next reload.',
    absent: 'The daemon has no configuration file',
    found: "dockerd's --config-file, else /etc/docker/daemon.json, links followed.",
    isOwn: true,
    placesOf: ({ facts }) => daemonConfigFile(facts),
  },
  {
    id: 'default-docker-file',
    ownerNumber: '3.19',
    modeNumber: '3.20',
    level: 2,
    severity: 'medium',
    maxMode: '0644',
    what: 'The file /etc/default/docker',
    why: "Where the unit reads it, as Debian's does, its words become the daemon's command line.",
    isOwn: false,
    ...environmentFile('/etc/default/docker'),
  },
  {
    id: 'sysconfig-docker-file',
    // CIS numbers owner and mode of this one the other way round.
    ownerNumber: '3.22',
    modeNumber: '3.21',
    level: 2,
    severity: 'medium',
    maxMode: '0644',
    what: 'The file /etc/sysconfig/docker',
    why: "Where the unit reads it, as SUSE's does, its words become the daemon's command line.",
    isOwn: false,
    ...environmentFile('/etc/sysconfig/docker'),
  },
];

/** What checks on owner and mode say alike. */
export const commonOf = (file: GuardedFile, number: string) => ({
  theme: 'daemon-attack-surface' as const,
  subject: 'host' as const,
  cis: { '1.6.0': number, '1.7.0': number, '1.8.0': number },
  cisLevel: file.level,
  rationale: file.why,
  needs: ['hostFiles'] as const,
  sources: [`CIS Docker Benchmark 1.6.0, ${number}`, 'https://docs.docker.com/engine/daemon/', 'systemd.unit(5)'],
});

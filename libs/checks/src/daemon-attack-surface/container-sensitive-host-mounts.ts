import type { ContainerInspect } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { engineIsAtLeast, kernelIsAtLeast } from '../engine/engine-version.ts';
import { type HostPath, hostPathsOf, isHostFileReader } from '../engine/host-paths.ts';
import { cleanPath, foldersAbove, isAbove, isWithin } from '../engine/paths.ts';
import { isInUserNamespace } from '../engine/user-namespaces.ts';
import { fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { type Severity, lowered, severities } from '../engine/vocabulary.ts';

const paths = (...defaults: string[]) => z.array(z.string()).default(defaults);

const Parameters = containerParameters.extend({
  /** Sensitive themselves, in all that lies inside, and in all that contains them. */
  sensitiveDirs: paths('/', '/boot', '/dev', '/etc', '/lib', '/proc', '/sys', '/usr'),
  /** Other spellings of the above. */
  aliases: z.record(z.string(), z.array(z.string())).default({
    '/lib': ['/lib32', '/lib64', '/libx32', '/usr/lib'],
    '/usr': ['/bin', '/sbin'],
  }),
  /** As the above; CIS does not name them. */
  extraDirs: paths('/root', '/var/lib/docker', '/var/lib/containerd', '/var/lib/kubelet', '/var/spool/cron'),
  /** Sensitive as a whole, while a folder inside is where ordinary data lies. */
  wideDirs: paths('/home', '/run', '/var', '/var/lib'),
  /** Harmless to read. */
  allowReadOnly: paths(
    '/etc/localtime',
    '/etc/timezone',
    '/etc/machine-id',
    '/usr/share/zoneinfo',
    '/etc/ssl/certs',
    '/etc/pki/ca-trust',
    '/usr/share/ca-certificates',
  ),
  /** Writing these is being root. */
  rootEquivalentPaths: paths(
    '/etc/passwd',
    '/etc/shadow',
    '/etc/sudoers',
    '/etc/sudoers.d',
    '/etc/cron.d',
    '/etc/crontab',
    '/etc/ld.so.preload',
    '/etc/systemd',
    '/etc/ssh',
    '/etc/docker',
    '/etc/pam.d',
    '/proc/sys',
    '/proc/sysrq-trigger',
    '/sys/kernel',
    '/sys/fs/cgroup',
    '/dev/mem',
    '/dev/kmem',
  ),
});

/** Folders whose owner, by writing to them, is root at once. */
const criticalDirs = new Set(['/', '/etc', '/boot', '/dev', '/proc', '/sys']);
/** File systems of their own on every host: a read-only mount of a folder above leaves them writable on old engines. */
const ownMounts = ['/dev', '/proc', '/run', '/sys', '/sys/fs/cgroup', '/sys/kernel/security'];

interface Rules {
  /** Sensitive with all that lies inside. */
  readonly deep: ReadonlySet<string>;
  /** Sensitive as they stand: these, the wide ones, and every folder above one of them. */
  readonly whole: ReadonlySet<string>;
  readonly allowReadOnly: readonly string[];
}

const rulesOf = (parameters: z.infer<typeof Parameters>): Rules => {
  const clean = (list: readonly string[]): string[] => list.map((path) => cleanPath(path));
  const aliases = parameters.sensitiveDirs.flatMap((dir) => parameters.aliases[dir] ?? []);
  const deep = clean([...parameters.sensitiveDirs, ...aliases, ...parameters.extraDirs]);
  const wide = clean(parameters.wideDirs);
  const above = [...deep, ...wide].flatMap(foldersAbove);
  return {
    deep: new Set(deep),
    whole: new Set([...deep, ...wide, ...above, ...clean(parameters.rootEquivalentPaths)]),
    allowReadOnly: clean(parameters.allowReadOnly),
  };
};

/** The path as a whole is sensitive, or it lies deeper inside what is; undefined where it is neither. */
const depthOf = (path: string, { deep, whole }: Rules): 'whole' | 'inside' | undefined => {
  if (whole.has(path)) return 'whole';
  // Everything lies inside the root, which says nothing.
  return foldersAbove(path).some((folder) => folder !== '/' && deep.has(folder)) ? 'inside' : undefined;
};

/** Whether a read-only mount leaves a file system below its path writable: the engine's way before 25.0. */
const staysWritableBelow = ({ path, recursive, readOnlyBelow }: HostPath, context: JudgingContext): boolean =>
  recursive &&
  readOnlyBelow !== 'forced' &&
  (readOnlyBelow === 'refused' ||
    engineIsAtLeast(context, 25, 0) === false ||
    kernelIsAtLeast(context, 5, 12) === false) &&
  ownMounts.some((mount) => isAbove(path, mount));

interface Match {
  readonly found: HostPath;
  readonly severity: Severity;
  readonly because: string;
}

const matchOf = (found: HostPath, rules: Rules, context: JudgingContext): Match | undefined => {
  const depth = depthOf(found.path, rules);
  if (depth === undefined) return undefined;
  const asked = found.writable !== false;
  if (!asked && rules.allowReadOnly.some((allowed) => isWithin(found.path, allowed))) return undefined;
  const writable = asked || staysWritableBelow(found, context);
  const deep: Severity = depth === 'whole' ? 'high' : 'medium';
  // Depth and read-only weigh one step each.
  const severity = !writable ? lowered(deep) : depth === 'whole' && criticalDirs.has(found.path) ? 'critical' : deep;
  const mode = asked ? 'writable' : writable ? 'read-only, though what is mounted below stays writable' : 'read-only';
  return { found, severity, because: `${found.path} of the host is mounted ${mode}` };
};

const usualRules = rulesOf(Parameters.parse({}));

/**
 * How much this check, told nothing else, makes of a mounted path; undefined where it lets it pass. For checks that look at
 * the same mounts for another reason, and name this one as the cause.
 */
export const weightAsSensitiveMount = (found: HostPath, context: JudgingContext): Severity | undefined =>
  matchOf(found, usualRules, context)?.severity;

const worstFirst = (a: Match, b: Match): number => severities.indexOf(a.severity) - severities.indexOf(b.severity);
/** A container may have thousands of mounts; the worst are enough to see why. */
const shownMatches = 20;

const judgePaths = (inspect: ContainerInspect, rules: Rules, context: JudgingContext) => {
  const host = hostPathsOf(inspect, context);
  if (host === undefined) return fieldNotSeen('Mounts');
  const matches = host.paths
    .flatMap((found) => {
      const match = matchOf(found, rules, context);
      return match === undefined ? [] : [match];
    })
    .toSorted(worstFirst);
  const [worst] = matches;
  if (worst !== undefined) {
    const others =
      matches.length === 1 ? '' : `, and ${matches.length - 1} more such ${matches.length === 2 ? 'path' : 'paths'}`;
    const remapped = isInUserNamespace(context, inspect.HostConfig) === true;
    return fail(
      `${worst.because}${others}${remapped ? ' (root in the container is an ordinary user on the host)' : ''}`,
      matches.slice(0, shownMatches).map(({ found }) => found.evidence),
      { severity: remapped ? lowered(worst.severity) : worst.severity },
    );
  }
  if (host.doubts.length > 0)
    return unknown(
      `Not every host path is known: ${host.doubts.slice(0, shownMatches).join('; ')}`,
      'A scan that can list the volumes and their options; for volumes of a plugin, its documentation',
    );
  return pass(
    host.paths.length === 0
      ? 'No path of the host is mounted'
      : 'No mounted host path is sensitive, as its name tells; links on the host are not followed',
    host.paths.slice(0, shownMatches).map(({ evidence }) => evidence),
  );
};

export default defineCheck({
  id: 'container-sensitive-host-mounts',
  theme: 'daemon-attack-surface',
  severity: 'high',
  subject: 'container',
  cis: { '1.5.0': '5.5', '1.6.0': '5.6', '1.7.0': '5.6', '1.8.0': '5.6' },
  cisLevel: 1,
  title: 'Containers mount no sensitive folder of the host',
  rationale:
    "With the host's /etc, /usr or root folder writable inside, a container can add a user, a cron job or a program that the host then runs as root. Read-only, it still reads password hashes, keys and the state of every process.",
  remediation:
    'Take the mount away, or mount only the file or folder that is needed and only to read it: docker run -v /etc/app/app.conf:/app.conf:ro … (compose: volumes: ["/etc/app/app.conf:/app.conf:ro"]). Data of its own belongs in a named volume: docker run -v data:/data …',
  decidedBy:
    'The host paths behind Mounts (sources of binds, devices of local volumes with bind or overlay options), compared by whole components with a list of folders. Critical for a writable /, /etc, /boot, /dev, /proc or /sys; one step less deeper inside, read-only, or where root in the container is not root on the host. Links on the host are not followed.',
  needs: ['containers'],
  parameters: Parameters,
  sources: [
    'CIS Docker Benchmark 1.6.0, 5.6',
    'https://docs.docker.com/engine/storage/bind-mounts/',
    'moby/moby daemon/volume/local/local_unix.go',
    'moby/moby daemon/volume/mounts/linux_parser.go',
  ],
  *evaluate({ snapshot, context, parameters }) {
    const rules = rulesOf(parameters);
    yield* eachContainer(snapshot, { ...parameters, severity: 'high' }, ({ container, inspect }) => {
      if (context.isWindows === true) return notApplicable('These folders are those of a Linux host');
      if (isHostFileReader(container)) return undefined;
      return judgePaths(inspect, rules, context);
    });
  },
});

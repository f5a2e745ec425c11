import { type HostFiles, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { type AuditRule, auditRuleSetsOf, coveringRule } from '../engine/audit-rules.ts';
import { type Check, defineCheck } from '../engine/check.ts';
import { daemonProgramOf } from '../engine/daemon-flags.ts';
import { type Looked, aboutHostFiles, notLookedAt } from '../engine/host-file-facts.ts';
import {
  type HostView,
  type Places,
  apiSockets,
  containerdProgram,
  containerdSocket,
  daemonConfigFile,
  dataFolder,
  lookAtAll,
  runtimeProgram,
  shimBeside,
  unitDropIns,
  unitFile,
} from '../engine/host-places.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';

const permissions = z
  .string()
  .regex(/^[rwxa]{1,4}$/)
  .default('wa')
  .describe('Letters of r, w, x, a that a rule must record');
const fileParameters = z.strictObject({ requiredPerms: permissions });
const folderParameters = fileParameters.extend({
  acceptNonRecursive: z.boolean().default(true).describe('A rule on the direct entries of the folder is enough'),
});
const unitParameters = fileParameters.extend({
  includeDropIns: z.boolean().default(false).describe('Rules must cover the drop-ins too'),
});
const socketParameters = fileParameters.extend({
  target: z
    .enum(['either', 'socket', 'unit', 'both'])
    .default('either')
    .describe('What rules must cover: the socket, the unit file that makes it, either or both'),
});

interface Wanted {
  readonly requiredPerms: string;
  readonly acceptNonRecursive?: boolean;
  /** Every place needs a rule, not just one of them. */
  readonly all?: boolean;
}

const isCovered = (
  set: Parameters<typeof coveringRule>[0],
  looked: Looked,
  { requiredPerms, acceptNonRecursive }: Wanted,
): AuditRule | undefined =>
  looked.state === 'found'
    ? coveringRule(set, looked.path, requiredPerms, looked.file.kind !== 'folder' || acceptNonRecursive === true)
    : undefined;

/** Whether the audit rules, whichever way they are loaded, cover places that exist. */
const judgeCoverage = (facts: HostFiles, what: string, looked: readonly Looked[], wanted: Wanted): Judgement => {
  const paths = looked.map(({ path }) => path);
  const named = paths.join(' and ');
  const sets = auditRuleSetsOf(facts);
  const places: Evidence[] = [{ source: what, value: paths }];
  if (sets === undefined) return notLookedAt('The audit rules (/etc/audit)', 'A scan that may read /etc/audit');
  if (sets === 'absent')
    return looked.every(({ state }) => state === 'found')
      ? fail(`Nothing records changes of ${named}: the host has no audit rules (/etc/audit does not exist)`, places)
      : notLookedAt(named);
  const answers = sets.map((set) => {
    const rules = looked.map((place) => isCovered(set, place, wanted));
    const covered = wanted.all === true ? !rules.includes(undefined) : rules.some((rule) => rule !== undefined);
    return { set, covered, rule: rules.find((rule) => rule !== undefined) };
  });
  const [first] = answers;
  const files = answers.map(({ set }) => set.loadedFrom);
  if (answers.every(({ covered }) => covered)) {
    const doubtful = first?.rule?.afterDoubtfulLine;
    const but =
      doubtful === undefined
        ? ''
        : `. Loading may stop before it at boot, at the line "${doubtful}", as /run is empty then`;
    return pass(`The configured audit rules record changes of ${named}${but}`, [
      ...places,
      { source: 'audit rule', value: first?.rule?.line ?? '' },
    ]);
  }
  if (looked.some(({ state }) => state !== 'found')) return notLookedAt(named);
  if (answers.some(({ covered }) => covered))
    return unknown(
      `Only one of ${files.join(' and ')} has a rule for ${named}, and which one is loaded was not seen`,
      'A scan that sees how auditd.service or audit-rules.service loads the rules',
      places,
    );
  const isOff = answers.every(({ set }) => !set.enabled);
  return fail(
    isOff
      ? `Nothing records changes of ${named}: the audit rules switch the audit system off (-e 0)`
      : `No configured audit rule (${files.join(', ')}) records changes of ${named}`,
    places,
  );
};

interface Watched {
  readonly id: string;
  readonly cis: string;
  readonly level: 1 | 2;
  /** As in "Changes of … are recorded". */
  readonly what: string;
  readonly why: string;
  /** Where it is by default, for the command. */
  readonly path: string;
  /** Why the question makes no sense where there is no such thing. */
  readonly absent: string;
  readonly found: string;
}

const commonOf = ({ id, cis, level, what, why, path, found }: Watched) => ({
  id,
  theme: 'logging-and-operations' as const,
  severity: 'low' as const,
  subject: 'host' as const,
  cis: { '1.6.0': cis, '1.7.0': cis, '1.8.0': cis },
  cisLevel: level,
  title: `Changes of ${what} are recorded by the audit system`,
  rationale: `${why} A record of who changed it, and when, is what is left to look at after a break-in.`,
  remediation: `Add "-w ${path} -p wa -k docker" (or "-a always,exit -F path=${path} -F perm=wa -k docker") to a file below /etc/audit/rules.d, then run: augenrules --load. No option of docker run, compose or daemon.json does it.`,
  decidedBy: `${found} The rule text that the audit unit loads (rules.d with augenrules, else audit.rules) must hold a rule for it or for a folder above, with every letter of requiredPerms, that nothing later removes and no earlier "never" rule hides. Files prove what is configured, not what the kernel has loaded.`,
  needs: ['hostFiles'] as const,
  sources: [`CIS Docker Benchmark 1.6.0, ${cis}`, 'audit.rules(7)', 'augenrules(8)', 'auditctl(8)'],
});

const judgePlaces = (watched: Watched, facts: HostFiles, places: Places, wanted: Wanted): Judgement => {
  const looked = lookAtAll(facts, places);
  if (looked === undefined) return notLookedAt(`Where the host has ${watched.what}`);
  return looked === 'none' ? notApplicable(watched.absent) : judgeCoverage(facts, watched.what, looked, wanted);
};

const watchedFile = (watched: Watched, placesOf: (view: HostView) => Places): Check =>
  defineCheck({
    ...commonOf(watched),
    parameters: fileParameters,
    *evaluate({ snapshot, context, parameters }) {
      yield* aboutHostFiles(context, valueOf(snapshot.hostFiles), (facts) =>
        judgePlaces(watched, facts, placesOf({ facts, context, snapshot }), parameters),
      );
    },
  });

const watchedFolder = (watched: Watched, placesOf: (view: HostView) => Places): Check =>
  defineCheck({
    ...commonOf(watched),
    parameters: folderParameters,
    *evaluate({ snapshot, context, parameters }) {
      yield* aboutHostFiles(context, valueOf(snapshot.hostFiles), (facts) =>
        judgePlaces(watched, facts, placesOf({ facts, context, snapshot }), parameters),
      );
    },
  });

const asPlaces = (path: string | undefined): Places => (path === undefined ? undefined : [path]);

const serviceUnit: Watched = {
  id: 'audit-docker-service-unit',
  cis: '1.1.7',
  level: 2,
  what: 'the unit file docker.service',
  why: 'Its command line runs as root at the next start of the daemon.',
  path: '/usr/lib/systemd/system/docker.service',
  absent: 'No folder of systemd has a docker.service, or it is masked',
  found: "The first docker.service in systemd's load order.",
};
const socket: Watched = {
  id: 'audit-docker-socket',
  cis: '1.1.9',
  level: 2,
  what: "the daemon's socket",
  why: 'Whoever may open the socket is root on the host, so a change of its owner or mode hands the host over.',
  path: '/run/docker.sock',
  absent: 'The host has neither docker.socket nor a socket of the daemon',
  found: 'The unit file docker.socket, the paths it listens on, and the unix:// addresses of dockerd.',
};

export default [
  watchedFile(
    {
      id: 'audit-dockerd-binary',
      cis: '1.1.3',
      level: 1,
      what: 'the program dockerd',
      why: 'The program runs as root, and whoever replaces it owns the host.',
      path: '/usr/bin/dockerd',
      absent: 'Systemd starts no dockerd on this host',
      found: 'The first word of the effective ExecStart of docker.service.',
    },
    ({ facts }) => {
      const program = daemonProgramOf(facts);
      return program === 'absent' ? undefined : asPlaces(program);
    },
  ),
  watchedFolder(
    {
      id: 'audit-containerd-runtime-folder',
      cis: '1.1.4',
      level: 1,
      what: 'the folder /run/containerd',
      why: "It holds containerd's sockets and the state of running containers.",
      path: '/run/containerd',
      absent: '/run/containerd does not exist: the daemon starts a containerd of its own',
      found: 'The folder /run/containerd.',
    },
    () => ['/run/containerd'],
  ),
  watchedFolder(
    {
      id: 'audit-docker-data-folder',
      cis: '1.1.5',
      level: 1,
      what: "the daemon's data folder",
      why: 'It holds every image, volume and file system of a container; whoever changes it changes what runs.',
      path: '/var/lib/docker',
      absent: "The daemon's data folder does not exist on the host",
      found: 'info.DockerRootDir, with remapped users the folder above it.',
    },
    (view) => asPlaces(dataFolder(view)),
  ),
  watchedFolder(
    {
      id: 'audit-docker-configuration-folder',
      cis: '1.1.6',
      level: 1,
      what: 'the folder /etc/docker',
      why: "It holds the daemon's settings, keys and the certificates of registries.",
      path: '/etc/docker',
      absent: '/etc/docker does not exist',
      found: 'The folder /etc/docker.',
    },
    () => ['/etc/docker'],
  ),
  defineCheck({
    ...commonOf(serviceUnit),
    parameters: unitParameters,
    *evaluate({ snapshot, context, parameters: { requiredPerms, includeDropIns } }) {
      yield* aboutHostFiles(context, valueOf(snapshot.hostFiles), (facts) => {
        const file = unitFile(facts, 'docker.service');
        const dropIns = includeDropIns && file !== 'none' ? unitDropIns(facts, 'docker.service') : [];
        const places = file === undefined || file === 'none' || dropIns === undefined ? file : [...file, ...dropIns];
        if (dropIns === undefined) return notLookedAt('The drop-ins of docker.service');
        return judgePlaces(serviceUnit, facts, places, { requiredPerms, all: true });
      });
    },
  }),
  watchedFile(
    {
      id: 'audit-containerd-socket',
      cis: '1.1.8',
      level: 2,
      what: "containerd's socket",
      why: 'Whoever may open it controls all containers past the daemon.',
      path: '/run/containerd/containerd.sock',
      absent: 'The host has no socket of containerd',
      found: "dockerd's --containerd, else info.Containerd.Address, else /run/containerd/containerd.sock.",
    },
    containerdSocket,
  ),
  defineCheck({
    ...commonOf(socket),
    parameters: socketParameters,
    *evaluate({ snapshot, context, parameters: { requiredPerms, target } }) {
      yield* aboutHostFiles(context, valueOf(snapshot.hostFiles), (facts) => {
        const unit = target === 'socket' ? 'none' : unitFile(facts, 'docker.socket');
        const sockets = target === 'unit' ? 'none' : apiSockets(facts);
        if (unit === undefined || sockets === undefined) return notLookedAt(`Where the host has ${socket.what}`);
        const places = [unit, sockets].flatMap((part) => (part === 'none' ? [] : part));
        return judgePlaces(socket, facts, places, { requiredPerms, all: target === 'both' });
      });
    },
  }),
  watchedFile(
    {
      id: 'audit-default-docker-file',
      cis: '1.1.10',
      level: 2,
      what: 'the file /etc/default/docker',
      why: "Where the unit reads it, its words become the daemon's command line.",
      path: '/etc/default/docker',
      absent: '/etc/default/docker does not exist',
      found: 'The file /etc/default/docker.',
    },
    () => ['/etc/default/docker'],
  ),
  watchedFile(
    {
      id: 'audit-daemon-json',
      cis: '1.1.11',
      level: 2,
      what: "the daemon's configuration file",
      why: 'Its keys name runtimes, addresses and profiles, and some take effect without a restart.',
      path: '/etc/docker/daemon.json',
      absent: 'The daemon has no configuration file',
      found: "dockerd's --config-file, else /etc/docker/daemon.json.",
    },
    ({ facts }) => daemonConfigFile(facts),
  ),
  watchedFile(
    {
      id: 'audit-containerd-configuration',
      cis: '1.1.12',
      level: 2,
      what: "containerd's configuration file",
      why: 'It names the runtimes and plugins that run as root, and who may open the socket.',
      path: '/etc/containerd/config.toml',
      absent: 'containerd has no configuration file and runs on its defaults',
      found: 'The file that containerd.service names, else /etc/containerd/config.toml.',
    },
    ({ facts }) => asPlaces(facts.containerdConfig?.path),
  ),
  watchedFile(
    {
      id: 'audit-sysconfig-docker-file',
      cis: '1.1.13',
      level: 2,
      what: 'the file /etc/sysconfig/docker',
      why: "Where the unit reads it, its words become the daemon's command line.",
      path: '/etc/sysconfig/docker',
      absent: '/etc/sysconfig/docker does not exist',
      found: 'The file /etc/sysconfig/docker.',
    },
    () => ['/etc/sysconfig/docker'],
  ),
  watchedFile(
    {
      id: 'audit-containerd-binary',
      cis: '1.1.14',
      level: 2,
      what: 'the program containerd',
      why: 'The program runs as root, and whoever replaces it owns the host.',
      path: '/usr/bin/containerd',
      absent: 'The host has no containerd',
      found: 'The first word of the effective ExecStart of containerd.service.',
    },
    ({ facts }) => containerdProgram(facts),
  ),
  ...(
    [
      ['audit-containerd-shim', '1.1.15', 'containerd-shim', 'containerd 2.0 and later have no such shim'],
      ['audit-containerd-shim-runc-v1', '1.1.16', 'containerd-shim-runc-v1', 'containerd 2.0 removed this shim'],
      ['audit-containerd-shim-runc-v2', '1.1.17', 'containerd-shim-runc-v2', 'no containerd uses it here'],
    ] as const
  ).map(([id, cis, name, because]) =>
    watchedFile(
      {
        id,
        cis,
        level: 2,
        what: `the program ${name}`,
        why: 'It runs as root beside every container, and whoever replaces it owns the host.',
        path: `/usr/bin/${name}`,
        absent: `The host has no ${name}: ${because}`,
        found: `${name} in the folder of containerd.`,
      },
      ({ facts }) => shimBeside(facts, name),
    ),
  ),
  watchedFile(
    {
      id: 'audit-runc-binary',
      cis: '1.1.18',
      level: 2,
      what: 'the default runtime',
      why: 'It runs as root at every start of a container, and whoever replaces it owns the host.',
      path: '/usr/bin/runc',
      absent: 'The host has no program of the default runtime',
      found: "The path of info.DefaultRuntime in info.Runtimes; a bare name is looked up on the daemon's PATH.",
    },
    runtimeProgram,
  ),
];

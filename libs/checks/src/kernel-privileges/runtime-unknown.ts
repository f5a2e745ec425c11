import { type EngineInfo, type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { aboutDaemon, infoNotSeen } from '../engine/daemon.ts';
import { matchesPattern } from '../engine/name-patterns.ts';
import { cleanPath, isWithin } from '../engine/paths.ts';
import { type Evidence, type Judgement, fail, pass, unknown } from '../engine/verdict.ts';
import { type Severity, severities } from '../engine/vocabulary.ts';

const Parameters = z.strictObject({
  /** Names of runtimes, and types of containerd's shims. */
  allowedRuntimes: z
    .array(z.string())
    .default([
      'runc',
      'io.containerd.runc.v2',
      'crun',
      'youki',
      'runsc',
      'io.containerd.runsc.v1',
      'kata',
      'kata-runtime',
      'io.containerd.kata.v2',
      'sysbox-runc',
      'nvidia',
    ]),
  /** Where programs that root installed lie. */
  systemFolders: z
    .array(z.string())
    .default([
      '/usr/bin',
      '/usr/local/bin',
      '/usr/sbin',
      '/usr/local/sbin',
      '/usr/lib',
      '/usr/libexec',
      '/opt/kata/bin',
      '/snap',
    ]),
  /** Arguments that take away what a runtime is there for; `*` stands for any text. */
  looseningArguments: z
    .array(z.string())
    .default([
      '--network=host',
      '--host-uds=*',
      '--fsgofer-host-uds*',
      '--ignore-cgroups*',
      '--TESTONLY*',
      '--no-pivot*',
    ]),
});

/** Folders that others than root write to. */
const openFolders = ['/tmp', '/var/tmp', '/home', '/dev/shm'];

interface Finding {
  readonly severity: Severity;
  readonly what: string;
}
type Runtimes = NonNullable<EngineInfo['Runtimes']>;

interface Reading {
  readonly findings: readonly Finding[];
  /** What could not be told. */
  readonly doubts: readonly string[];
}

const readRegistered = (
  runtimes: Runtimes,
  dataRoot: string | undefined,
  { allowedRuntimes, systemFolders, looseningArguments }: z.infer<typeof Parameters>,
): Reading => {
  const findings: Finding[] = [];
  const doubts: string[] = [];
  const folders = systemFolders.map((folder) => cleanPath(folder));
  for (const [name, { path, runtimeType, runtimeArgs }] of Object.entries(runtimes)) {
    if (path !== undefined && path.includes('/')) {
      const clean = cleanPath(path);
      const isOpen =
        openFolders.some((folder) => isWithin(clean, folder)) ||
        (dataRoot !== undefined && isWithin(clean, cleanPath(dataRoot)));
      if (isOpen)
        findings.push({
          severity: 'critical',
          what: `${name} is ${clean}, where others than root, or containers, can write`,
        });
      else if (!folders.some((folder) => isWithin(clean, folder)))
        findings.push({ severity: 'medium', what: `${name} is ${clean}, outside the system folders` });
    } else if (!path && !(runtimeType !== undefined && allowedRuntimes.includes(runtimeType)))
      doubts.push(
        runtimeType
          ? `the program of ${name} is chosen by containerd (${runtimeType})`
          : `the program of ${name} was not seen`,
      );
    // Most runtimes are started with no arguments, and the engine then leaves them out.
    const loosening = (runtimeArgs ?? []).filter((argument) =>
      looseningArguments.some((pattern) => matchesPattern(argument, pattern)),
    );
    if (loosening.length > 0)
      findings.push({ severity: 'medium', what: `${name} is started with ${loosening.join(' ')}` });
  }
  return { findings, doubts };
};

const readUses = (
  snapshot: HostSnapshot,
  info: EngineInfo,
  isPodman: boolean,
  allowed: ReadonlySet<string>,
): Reading => {
  const isAllowed = (name: string): boolean => {
    const type = info.Runtimes?.[name]?.runtimeType;
    return allowed.has(name) || (type !== undefined && allowed.has(type));
  };
  const findings: Finding[] = [];
  const doubts: string[] = [];
  if (info.DefaultRuntime !== undefined && !isAllowed(info.DefaultRuntime))
    findings.push({
      severity: 'medium',
      what: `the default is ${info.DefaultRuntime}, which is not one of the known runtimes`,
    });
  const containers = valueOf(snapshot.containers);
  if (containers === undefined) return { findings, doubts: ['the runtimes of the containers were not seen'] };
  const users = new Map<string, string[]>();
  let unseen = 0;
  for (const { name, inspect } of containers) {
    const runtime = valueOf(inspect)?.HostConfig?.Runtime;
    // Podman's Docker-compatible API writes "oci" for whatever runtime it is (libpod/container_inspect.go).
    if (runtime === undefined || (isPodman && runtime === 'oci')) unseen += 1;
    // Empty in old records: the default of that time.
    else if (runtime !== '' && !isAllowed(runtime))
      users.set(runtime, [...(users.get(runtime) ?? []).slice(0, 9), name]);
  }
  for (const [runtime, names] of users)
    findings.push({
      severity: 'medium',
      what: `${names.join(', ')} runs under ${runtime}, which is not one of the known runtimes`,
    });
  if (unseen > 0) doubts.push(`the runtime of ${unseen} containers was not seen`);
  return { findings, doubts };
};

const judgeRuntimes = (
  snapshot: HostSnapshot,
  info: EngineInfo,
  isPodman: boolean,
  parameters: z.infer<typeof Parameters>,
): Judgement => {
  if (info.Runtimes === undefined) return infoNotSeen('Runtimes');
  const registered = readRegistered(info.Runtimes ?? {}, info.DockerRootDir, parameters);
  const uses = readUses(snapshot, info, isPodman, new Set(parameters.allowedRuntimes));
  const findings = [...registered.findings, ...uses.findings];
  const evidence: Evidence[] = [
    { source: 'info.DefaultRuntime', value: info.DefaultRuntime ?? null },
    {
      source: 'info.Runtimes',
      value: Object.entries(info.Runtimes ?? {}).map(
        ([name, { path, runtimeType }]) => `${name}: ${path || runtimeType || '?'}`,
      ),
    },
  ];
  const worst = severities.find((candidate) => findings.some(({ severity }) => severity === candidate));
  if (worst !== undefined)
    return fail(`Of the runtimes, ${findings.map(({ what }) => what).join('; ')}`, evidence, { severity: worst });
  const doubts = [...registered.doubts, ...uses.doubts];
  if (info.DefaultRuntime === undefined) return infoNotSeen('DefaultRuntime');
  if (
    info.DockerRootDir === undefined &&
    Object.values(info.Runtimes ?? {}).some(({ path }) => path?.includes('/') === true)
  )
    return infoNotSeen('DockerRootDir');
  return doubts.length > 0
    ? unknown(
        `Not every runtime is known: ${doubts.join('; ')}`,
        'A scan that sees them, or the name in the parameter allowedRuntimes',
        evidence,
      )
    : pass('Every runtime in use is a known one, and every registered one lies in a system folder', evidence);
};

export default defineCheck({
  id: 'runtime-unknown',
  theme: 'kernel-privileges',
  severity: 'medium',
  subject: 'daemon',
  title: 'Containers run under a known runtime from a system folder',
  rationale:
    'Everything that starts passes through the runtime, as root. A changed entry is a quiet way to stay on a host after a break-in: it survives every new image and shows in no container.',
  remediation:
    'Remove the entry from "runtimes" (and "default-runtime") in daemon.json, systemctl reload docker, and create the containers that used it again without --runtime (compose: runtime).',
  decidedBy:
    'info.Runtimes: a path outside systemFolders fails, one below /tmp, /home or the data root is critical, and so do arguments that loosen it. info.DefaultRuntime and HostConfig.Runtime of every container are among allowedRuntimes.',
  needs: ['info'],
  parameters: Parameters,
  sources: [
    'moby/moby api/swagger.yaml (SystemInfo.Runtimes)',
    'https://docs.docker.com/engine/daemon/alternative-runtimes/',
  ],
  *evaluate({ snapshot, context, parameters }) {
    yield* aboutDaemon(context, { notOnWindows: 'Runtimes of Windows are part of the system' }, (info) =>
      judgeRuntimes(snapshot, info, context.isPodman === true, parameters),
    );
  },
});

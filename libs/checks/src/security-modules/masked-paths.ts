import { type ContainerInspect, type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { engineIsAtLeast } from '../engine/engine-version.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';

const paths = (...defaults: string[]) => z.array(z.string()).default(defaults);

const Parameters = containerParameters.extend({
  requiredMasked: paths(
    '/proc/acpi',
    '/proc/kcore',
    '/proc/keys',
    '/proc/latency_stats',
    '/proc/timer_list',
    '/proc/sched_debug',
    '/proc/scsi',
    '/sys/firmware',
  ),
  /** Newer engines mask these, too; they count only where this engine is known to. */
  newerMasked: paths('/sys/devices/virtual/powercap', '/proc/interrupts'),
  requiredReadonly: paths('/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'),
});

export default defineCheck({
  id: 'masked-paths',
  theme: 'security-modules',
  severity: 'high',
  subject: 'container',
  title: "Containers keep the engine's masks over /proc and /sys",
  rationale:
    'Behind the masks lie the memory of the kernel, its keys and the switches of the hardware. Without them, root in a container reads and writes what belongs to the host.',
  remediation:
    'Create the container again without --security-opt systempaths=unconfined (compose: security_opt). After an upgrade of the engine create long-lived containers again, since each keeps the list it was made with. No key of daemon.json does it.',
  decidedBy:
    'HostConfig.MaskedPaths and ReadonlyPaths: both empty is high, a path of old missing is medium. One that newer engines added counts, at low, only where this engine masks it: powercap from 25.0 on, or where another container has it.',
  needs: ['containers'],
  parameters: Parameters,
  sources: [
    'moby/moby daemon/pkg/oci/defaults.go',
    'https://github.com/moby/moby/security/advisories/GHSA-jq35-85cj-fj4p',
    'moby/moby api/swagger.yaml (HostConfig.MaskedPaths)',
  ],
  *evaluate({ snapshot, context, parameters }) {
    const expected = expectedNewer(snapshot, context, parameters.newerMasked);
    yield* eachContainer(snapshot, { ...parameters, severity: 'high' }, ({ inspect }) => {
      if (context.isWindows === true) return notApplicable('Windows has neither /proc nor /sys');
      return judgeMasks(inspect, expected, parameters);
    });
  },
});

const powercap = '/sys/devices/virtual/powercap';

/** Whether this engine masks a path that older ones did not; undefined where its version was not seen. */
const expectedNewer = (
  snapshot: HostSnapshot,
  context: JudgingContext,
  newer: readonly string[],
): ReadonlyMap<string, boolean | undefined> => {
  const seen = new Set(
    (valueOf(snapshot.containers) ?? []).flatMap(({ inspect }) => {
      const masked = valueOf(inspect)?.HostConfig?.MaskedPaths ?? [];
      return newer.filter((path) => masked.includes(path));
    }),
  );
  const byVersion = context.isPodman === true ? false : engineIsAtLeast(context, 25, 0);
  return new Map(newer.map((path) => [path, seen.has(path) || (path === powercap ? byVersion : false)]));
};

const judgeMasks = (
  { HostConfig: hostConfig }: ContainerInspect,
  newer: ReadonlyMap<string, boolean | undefined>,
  { requiredMasked, requiredReadonly }: z.infer<typeof Parameters>,
): Judgement => {
  if (hostConfig?.Privileged === true)
    return notApplicable('A privileged container has no masks: see container-privileged');
  const masked = hostConfig?.MaskedPaths;
  const readOnly = hostConfig?.ReadonlyPaths;
  if (masked === undefined) return fieldNotSeen('HostConfig.MaskedPaths');
  if (readOnly === undefined) return fieldNotSeen('HostConfig.ReadonlyPaths');
  if (hostConfig?.Privileged === undefined) return fieldNotSeen('HostConfig.Privileged');
  if (masked === null || readOnly === null)
    return unknown(
      'The engine does not list the masks of this container',
      'An engine that lists them (API 1.39 and later)',
    );
  if (masked.length === 0 && readOnly.length === 0)
    return fail('The container has no masks at all over /proc and /sys (systempaths=unconfined)', [
      { source: 'HostConfig.MaskedPaths', value: [] },
      { source: 'HostConfig.ReadonlyPaths', value: [] },
    ]);
  // A dozen paths each: searching them takes less than making sets of them for every container.
  const missing = [
    ...requiredMasked.filter((path) => !masked.includes(path)),
    ...requiredReadonly.filter((path) => !readOnly.includes(path) && !masked.includes(path)),
  ];
  const lacking = [...newer].filter(([path]) => !masked.includes(path));
  const missingNewer = lacking.filter(([, isExpected]) => isExpected === true).map(([path]) => path);
  const evidence: Evidence[] = [
    { source: 'missing in HostConfig.MaskedPaths and ReadonlyPaths', value: [...missing, ...missingNewer] },
  ];
  if (missing.length > 0) return fail(`Not masked: ${missing.join(', ')}`, evidence, { severity: 'medium' });
  if (missingNewer.length > 0)
    return fail(`Not masked, for the container is older than the engine: ${missingNewer.join(', ')}`, evidence, {
      severity: 'low',
    });
  if (lacking.some(([, isExpected]) => isExpected === undefined))
    return unknown(
      'Whether this engine masks more was not seen',
      'A scan that can read the version of the engine',
      evidence,
    );
  return pass('The container has the masks over /proc and /sys', [
    { source: 'HostConfig.MaskedPaths', value: masked.length },
    { source: 'HostConfig.ReadonlyPaths', value: readOnly.length },
  ]);
};

import { type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { judgeConfigured } from '../engine/configured-option.ts';
import type { JudgingContext } from '../engine/context.ts';
import { defaultUlimitsOption, readDefaultUlimits } from '../engine/default-ulimits.ts';
import { daemonSubject } from '../engine/subjects.ts';
import { type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';

export default defineCheck({
  id: 'daemon-default-ulimits',
  theme: 'control-groups',
  severity: 'low',
  subject: 'daemon',
  cis: { '1.6.0': '2.8', '1.7.0': '2.8', '1.8.0': '2.9' },
  cisLevel: 1,
  title: 'Containers get resource limits (ulimits) from the daemon',
  rationale:
    'Without them a container inherits the limits of dockerd, which are close to none: one leak of file descriptors or a fork bomb takes the host along.',
  remediation:
    'Set "default-ulimits": {"nofile": {"Name": "nofile", "Soft": 1024, "Hard": 4096}} in daemon.json, with values that fit, and restart. For one container: docker run --ulimit nofile=1024:4096 (compose: ulimits).',
  decidedBy:
    'The engine shows its defaults in HostConfig.Ulimits of every container. One container without any, or without a name of requiredUlimits, decides; where all have some, their own can not be told from the defaults, and the option default-ulimit decides, on the command line of docker.service and in daemon.json. maxHard is held against that option alone.',
  needs: ['containers'],
  parameters: z.strictObject({
    /** e.g. `nofile`, `nproc` */
    requiredUlimits: z.array(z.string()).default([]),
    /** The highest hard limit by name, e.g. `{ "nofile": 65536 }`. */
    maxHard: z.record(z.string(), z.number().int().min(0)).default({}),
  }),
  sources: ['CIS Docker Benchmark 1.6.0, 2.8', 'moby/moby daemon/inspect.go, daemon/oci_linux.go (mergeUlimits)'],
  *evaluate({ snapshot, context, parameters }) {
    const judged = (): Judgement => {
      if (context.isPodman === true) return notApplicable('Podman has no such option');
      if (context.isWindows === true) return notApplicable('Windows has no ulimits');
      return judgeUlimits(snapshot, context, parameters);
    };
    yield { subject: daemonSubject, ...judged() };
  },
});

interface Wanted {
  readonly requiredUlimits: readonly string[];
  readonly maxHard: Readonly<Record<string, number>>;
}

const judgeUlimits = (snapshot: HostSnapshot, context: JudgingContext, wanted: Wanted): Judgement => {
  const seen = (valueOf(snapshot.containers) ?? []).flatMap(({ name, inspect }) => {
    const ulimits = valueOf(inspect)?.HostConfig?.Ulimits;
    return ulimits === undefined ? [] : [{ container: name, names: (ulimits ?? []).map(({ Name }) => Name) }];
  });
  for (const { container, names } of seen) {
    const evidence = [
      { source: 'container', value: container },
      { source: 'HostConfig.Ulimits', value: names.map((name) => name ?? '?') },
    ];
    if (names.length === 0) return fail('The daemon sets no ulimit: there is a container without any', evidence);
    // An entry whose name was not seen could be any.
    const lacking = names.includes(undefined)
      ? undefined
      : wanted.requiredUlimits.find((name) => !names.includes(name));
    if (lacking !== undefined)
      return fail(`The daemon sets no ulimit ${lacking}: there is a container without it`, evidence);
  }
  const untold =
    seen.length === 0
      ? 'There is no container whose limits would show the defaults'
      : 'Every container has ulimits, and its own can not be told from the defaults';
  return judgeConfigured({ snapshot, context, option: defaultUlimitsOption, untold }, (values, evidence) => {
    const limits = readDefaultUlimits(values ?? []);
    if (limits === undefined)
      return unknown('The default ulimits are not understood', 'A look at daemon.json', evidence);
    if (limits.size === 0) return fail('The daemon sets no ulimit', evidence);
    const lacking = wanted.requiredUlimits.find((name) => !limits.has(name));
    if (lacking !== undefined) return fail(`The daemon sets no ulimit ${lacking}`, evidence);
    const exceeding = Object.entries(wanted.maxHard).find(([name, most]) => isAbove(limits.get(name)?.hard, most));
    return exceeding === undefined
      ? pass(`The daemon sets ulimits: ${[...limits.keys()].join(', ')}`, evidence)
      : fail(`The ulimit ${exceeding[0]} of the daemon is above ${exceeding[1]}`, evidence);
  });
};

/** -1 is no limit. */
const isAbove = (hard: number | undefined, most: number): boolean => hard !== undefined && (hard < 0 || hard > most);

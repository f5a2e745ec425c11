import { type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { onlyHostFilesTell } from '../engine/daemon.ts';
import { daemonSubject } from '../engine/subjects.ts';
import { type Judgement, fail, notApplicable } from '../engine/verdict.ts';

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
    'The engine shows its defaults in HostConfig.Ulimits of every container. One container without any, or without a name of requiredUlimits, decides; where all have some, their own can not be told from the defaults without host files.',
  needs: ['containers'],
  parameters: z.strictObject({
    /** e.g. `nofile`, `nproc` */
    requiredUlimits: z.array(z.string()).default([]),
  }),
  sources: ['CIS Docker Benchmark 1.6.0, 2.8', 'moby/moby daemon/inspect.go, daemon/oci_linux.go (mergeUlimits)'],
  *evaluate({ snapshot, context, parameters }) {
    const judged = (): Judgement => {
      if (context.isPodman === true) return notApplicable('Podman has no such option');
      if (context.isWindows === true) return notApplicable('Windows has no ulimits');
      return judgeUlimits(snapshot, parameters.requiredUlimits);
    };
    yield { subject: daemonSubject, ...judged() };
  },
});

const judgeUlimits = (snapshot: HostSnapshot, required: readonly string[]): Judgement => {
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
    const lacking = names.includes(undefined) ? undefined : required.find((name) => !names.includes(name));
    if (lacking !== undefined)
      return fail(`The daemon sets no ulimit ${lacking}: there is a container without it`, evidence);
  }
  return onlyHostFilesTell(
    seen.length === 0
      ? 'There is no container whose limits would show the defaults'
      : 'Every container has ulimits, and its own can not be told from the defaults',
  );
};

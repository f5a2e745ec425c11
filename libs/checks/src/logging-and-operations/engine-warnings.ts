import type { EngineInfo } from '@plimsoll/snapshot';
import { defineCheck } from '../engine/check.ts';
import { aboutDaemon, infoNotSeen } from '../engine/daemon.ts';
import { type Judgement, fail, pass } from '../engine/verdict.ts';
import { type Severity, severities } from '../engine/vocabulary.ts';

/** Warnings that another check judges, or that say nothing against the host; by the part that lasts over releases. */
const judgedElsewhere: readonly (readonly [RegExp, string])[] = [
  [/API is accessible on/i, 'remote-api-mutual-tls'],
  [/not using the default seccomp profile/i, 'default-seccomp-profile'],
  [/No (?:memory|swap|kernel memory|oom|cpu|cpuset|pids|blkio|io)/i, 'limit-support-missing'],
  [/Support for cgroup v1/i, 'limit-support-missing'],
  [/INSECURE_NO_IPTABLES_RAW/i, 'network-direct-routing'],
  [/IPv4 forwarding is disabled/i, 'nothing: networks of containers do not work, which is safe'],
  [/bridge-nf-call/i, 'nothing: a kernel setting that hosts differ in'],
  [/Running in rootless-mode/i, 'daemon-rootless'],
];

/** The first that fits decides how much a line weighs that nobody knows. */
const words: readonly (readonly [RegExp, Severity])[] = [
  [/corrupt/i, 'high'],
  [/insecure/i, 'medium'],
  [/deprecat/i, 'low'],
  [/unsupported/i, 'low'],
];

export default defineCheck({
  id: 'engine-warnings',
  theme: 'logging-and-operations',
  severity: 'info',
  subject: 'daemon',
  title: "The engine's own warnings are all accounted for",
  rationale:
    'The engine warns of what it finds wrong with its host. A line that no check knows may be the only hint at something new.',
  remediation:
    'As the line says; docker info shows it too. Where it is a key of daemon.json that is warned of, take it out and restart the daemon.',
  decidedBy:
    'info.Warnings: lines that another check judges are left to it; any other is shown as it is, weighed by what it speaks of (corrupt, insecure, deprecated, unsupported), else as a note.',
  needs: ['info'],
  sources: ['moby/moby daemon/info.go, daemon/info_unix.go', 'moby/moby api/swagger.yaml (SystemInfo.Warnings)'],
  *evaluate({ context }) {
    yield* aboutDaemon(context, {}, judgeWarnings);
  },
});

const judgeWarnings = ({ Warnings: warnings }: EngineInfo): Judgement => {
  if (warnings === undefined) return infoNotSeen('Warnings');
  const lines = warnings ?? [];
  // A line may hold line breaks and addresses: it stays whole.
  const unknownLines = lines.filter((line) => !judgedElsewhere.some(([pattern]) => pattern.test(line)));
  const [first] = unknownLines;
  if (first === undefined)
    return pass(
      lines.length === 0 ? 'The engine warns of nothing' : 'Every warning of the engine is judged by another check',
      [{ source: 'info.Warnings', value: lines }],
    );
  const weights = new Set(unknownLines.map((line) => words.find(([pattern]) => pattern.test(line))?.[1] ?? 'info'));
  const severity = severities.find((candidate) => weights.has(candidate)) ?? 'info';
  return fail(
    `The engine warns: ${first}${unknownLines.length === 1 ? '' : ` (and ${unknownLines.length - 1} more)`}`,
    [{ source: 'info.Warnings', value: unknownLines }],
    { severity },
  );
};

import { type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import type { JudgingContext } from '../engine/context.ts';
import { infoNotSeen } from '../engine/daemon.ts';
import { instantOf } from '../engine/instants.ts';
import { hostSubject } from '../engine/subjects.ts';
import { type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';

const Parameters = z.strictObject({
  maxSkewSeconds: z.number().min(1).default(60),
  mediumSkewSeconds: z.number().min(1).default(300),
});

/** From the beginning of a scan to the answer of /info: connecting and asking may take that long. */
const scanToAnswerSeconds = 120;

export default defineCheck({
  id: 'clock-skew',
  theme: 'logging-and-operations',
  severity: 'low',
  subject: 'host',
  title: "The host's clock agrees with ours",
  rationale:
    'With a wrong clock certificates seem expired or not yet valid, tokens are refused, and the logs of several hosts can not be put in order when it matters.',
  remediation:
    'Switch a time service on: timedatectl set-ntp true (systemd-timesyncd), or apt-get install chrony. A container with SYS_TIME may be what sets it wrong. No option of docker, compose or daemon.json does it.',
  decidedBy:
    "The difference that was measured with the engine's answer to the first request, else info.SystemTime against the beginning of the scan, with two minutes of grace. A machine that was suspended is late for a moment: look at two scans.",
  needs: ['info'],
  parameters: Parameters,
  sources: ['moby/moby api/swagger.yaml (SystemInfo.SystemTime)'],
  *evaluate({ snapshot, context, parameters }) {
    yield { subject: hostSubject, ...judgeClock(snapshot, context, parameters) };
  },
});

const judgeClock = (
  snapshot: HostSnapshot,
  { info, isWindows }: JudgingContext,
  { maxSkewSeconds, mediumSkewSeconds }: z.infer<typeof Parameters>,
): Judgement => {
  const measured = valueOf(snapshot.endpoint)?.clockSkewMs;
  const systemTime = info?.SystemTime;
  if (measured === undefined && isWindows === true && systemTime === '')
    return notApplicable('Engines on Windows do not tell their time');
  const [host, own] = [instantOf(systemTime), instantOf(snapshot.takenAt)];
  const skewMs = measured ?? (host === undefined || own === undefined ? undefined : host - own);
  if (skewMs === undefined || !Number.isFinite(skewMs)) return infoNotSeen('SystemTime');
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  const evidence = [
    {
      source: measured === undefined ? 'info.SystemTime' : 'difference to our clock in milliseconds',
      value: measured ?? systemTime ?? null,
    },
  ];
  const grace = measured === undefined ? scanToAnswerSeconds : 0;
  if (seconds <= maxSkewSeconds) return pass(`The clock of the host differs by ${seconds} seconds`, evidence);
  if (seconds <= maxSkewSeconds + grace)
    return unknown(
      'The clock seems to differ, within the time that a scan may take to ask',
      'A scan that measures the difference',
      evidence,
    );
  return fail(`The clock of the host is ${seconds} seconds ${skewMs < 0 ? 'behind' : 'ahead'}`, evidence, {
    severity: seconds > mediumSkewSeconds + grace ? 'medium' : 'low',
  });
};

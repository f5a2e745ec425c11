import { defineCheck } from '../engine/check.ts';
import { aboutDaemon, infoNotSeen } from '../engine/daemon.ts';
import { engineIsAtLeast } from '../engine/engine-version.ts';
import { type Judgement, fail, pass } from '../engine/verdict.ts';
import type { EngineInfo } from '@plimsoll/snapshot';
import type { JudgingContext } from '../engine/context.ts';

export default defineCheck({
  id: 'debug-mode',
  theme: 'logging-and-operations',
  severity: 'low',
  subject: 'daemon',
  title: 'The daemon does not run in debug mode',
  rationale:
    'In debug mode the bodies of requests and other inner matters go into the log of the daemon, where people read them who have no business with them, and old engines wrote secrets there.',
  remediation:
    'Remove "debug": true from daemon.json (and -D, --debug from the command line of dockerd), then reload: systemctl reload docker.',
  decidedBy:
    'info.Debug, which follows a reload at once. More severe on a swarm manager whose engine may write secrets to the log (before 18.09.8, CVE-2019-13509).',
  needs: ['info'],
  sources: [
    'https://docs.docker.com/engine/daemon/logs/',
    'moby/moby daemon/info.go (fillDebugInfo)',
    'CVE-2019-13509',
  ],
  *evaluate({ context }) {
    yield* aboutDaemon(context, {}, (info) => judgeDebug(info, context));
  },
});

const judgeDebug = (info: EngineInfo, context: JudgingContext): Judgement => {
  if (info.Debug === undefined) return infoNotSeen('Debug');
  const evidence = [{ source: 'info.Debug', value: info.Debug }];
  if (!info.Debug) return pass('Debug mode is off', evidence);
  const counters = (['NGoroutines', 'NFd', 'NEventsListener'] as const).flatMap((field) => {
    const value = info[field];
    return value === undefined ? [] : [{ source: `info.${field}`, value }];
  });
  // 18.09.8 is the first release without the flaw; 19.03 is the first whose two numbers alone say so.
  const leaksSecrets = info.Swarm?.ControlAvailable === true && engineIsAtLeast(context, 19, 3) === false;
  return leaksSecrets && !isPatched1809(context)
    ? fail('Debug mode is on, and this engine may write secrets of the swarm to its log', [...evidence, ...counters], {
        severity: 'medium',
      })
    : fail('Debug mode is on', [...evidence, ...counters]);
};

const isPatched1809 = ({ version, info }: JudgingContext): boolean => {
  const patch = /^18\.09\.(\d{1,4})/.exec(version?.Version ?? info?.ServerVersion ?? '')?.[1];
  return patch !== undefined && Number(patch) >= 8;
};

import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { judgeConfigured } from '../engine/configured-option.ts';
import { switchOf } from '../engine/daemon-flags.ts';
import { aboutDaemon, infoNotSeen } from '../engine/daemon.ts';
import { type Evidence, type Judgement, fail, pass } from '../engine/verdict.ts';

const level = { flags: ['--log-level', '-l'], key: 'log-level' };
const debug = { flags: ['--debug', '-D'], key: 'debug', isSwitch: true };
const LogLevel = z.enum(['panic', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']);

export default defineCheck({
  id: 'daemon-log-level',
  theme: 'logging-and-operations',
  severity: 'low',
  subject: 'daemon',
  cis: { '1.6.0': '2.3', '1.7.0': '2.3', '1.8.0': '2.3' },
  cisLevel: 1,
  title: 'The daemon logs at level info',
  rationale:
    'Below info, what a break-in leaves behind is never written; above it, the log holds more than it may and hides what matters.',
  remediation:
    'Set "log-level": "info" in daemon.json, or remove the key (info is the default), together with "debug": true. Debug goes away with a reload, systemctl reload docker; a level takes a restart.',
  decidedBy:
    'info.Debug true forces level debug, whatever log-level says. The level itself is the option log-level, on the command line of docker.service and in daemon.json.',
  needs: ['info'],
  parameters: z.strictObject({ allowedLevels: z.array(LogLevel).default(['info']) }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 2.3',
    'moby/moby daemon/command/debug/debug.go, daemon/info.go (fillDebugInfo)',
  ],
  *evaluate({ snapshot, context, parameters }) {
    yield* aboutDaemon(context, { notOnPodman: 'Podman has no such option' }, (info) => {
      if (info.Debug === undefined) return infoNotSeen('Debug');
      const evidence = [{ source: 'info.Debug', value: info.Debug }];
      const { allowedLevels } = parameters;
      const byLevel = (untold: string, before: readonly Evidence[]): Judgement =>
        judgeConfigured({ snapshot, context, option: level, untold, evidence: before }, (values, all) =>
          judgeLevel(values?.at(-1)?.toLowerCase() ?? 'info', allowedLevels, all),
        );
      if (!info.Debug)
        return byLevel('Debug mode is off; the API does not show the log level that holds instead', evidence);
      if (!allowedLevels.includes('debug'))
        return fail('Debug mode is on, so the daemon logs at level debug', evidence, { causedBy: 'debug-mode' });
      // The variable DEBUG in the environment of dockerd sets the flag without the level.
      const untold = 'Debug mode is on, which level debug most likely goes with';
      return judgeConfigured({ snapshot, context, option: debug, untold, evidence }, (values, all) =>
        values !== undefined && switchOf(values.at(-1)) === true
          ? judgeLevel('debug', allowedLevels, all)
          : byLevel(untold, all),
      );
    });
  },
});

const judgeLevel = (holding: string, allowed: readonly string[], evidence: readonly Evidence[]): Judgement =>
  allowed.includes(holding)
    ? pass(`The daemon logs at level ${holding}`, evidence)
    : fail(`The daemon logs at level ${holding}`, evidence);

import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { aboutDaemon, infoNotSeen, onlyHostFilesTell } from '../engine/daemon.ts';
import { fail } from '../engine/verdict.ts';

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
    'info.Debug true forces level debug, whatever log-level says. The level itself is in files of the host alone, so without them this fails or can not tell.',
  needs: ['info'],
  parameters: z.strictObject({ allowedLevels: z.array(LogLevel).default(['info']) }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 2.3',
    'moby/moby daemon/command/debug/debug.go, daemon/info.go (fillDebugInfo)',
  ],
  *evaluate({ context, parameters }) {
    yield* aboutDaemon(context, { notOnPodman: 'Podman has no such option' }, (info) => {
      if (info.Debug === undefined) return infoNotSeen('Debug');
      const evidence = [{ source: 'info.Debug', value: info.Debug }];
      if (!info.Debug)
        return onlyHostFilesTell('Debug mode is off; the API does not show the log level that holds instead', evidence);
      // The variable DEBUG in the environment of dockerd sets the flag without the level.
      if (parameters.allowedLevels.includes('debug'))
        return onlyHostFilesTell('Debug mode is on, which level debug most likely goes with', evidence);
      return fail('Debug mode is on, so the daemon logs at level debug', evidence, { causedBy: 'debug-mode' });
    });
  },
});

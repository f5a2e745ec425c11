import { defineCheck } from '../engine/check.ts';
import { aboutDaemon, infoNotSeen } from '../engine/daemon.ts';
import { fail, notApplicable, pass } from '../engine/verdict.ts';

/** States of a node that belongs to a swarm. */
const inSwarm = new Set(['active', 'pending', 'locked']);

export default defineCheck({
  id: 'live-restore',
  theme: 'logging-and-operations',
  severity: 'low',
  subject: 'daemon',
  cis: { '1.6.0': '2.15', '1.7.0': '2.15', '1.8.0': '2.16' },
  cisLevel: 1,
  title: 'Containers keep running while the daemon is down',
  rationale:
    'Without live restore every restart of the daemon stops all containers. So security updates of the engine wait for a window, and a crash of the daemon takes down everything.',
  remediation: 'Set "live-restore": true in daemon.json and reload: systemctl reload docker.',
  decidedBy:
    'info.LiveRestoreEnabled, which follows a reload at once; not applicable on a node of a swarm, which excludes it.',
  needs: ['info'],
  sources: [
    'CIS Docker Benchmark 1.6.0, 2.15',
    'https://docs.docker.com/engine/daemon/live-restore/',
    'moby/moby daemon/config/config_linux.go (IsSwarmCompatible)',
  ],
  *evaluate({ context }) {
    const options = { notOnPodman: 'Podman has no daemon to lose', notOnWindows: 'Windows has no live restore' };
    yield* aboutDaemon(context, options, (info) => {
      const state = info.Swarm?.LocalNodeState;
      if (state !== undefined && inSwarm.has(state))
        return notApplicable('The host is a node of a swarm, which excludes live restore', [
          { source: 'info.Swarm.LocalNodeState', value: state },
        ]);
      if (info.LiveRestoreEnabled === undefined) return infoNotSeen('LiveRestoreEnabled');
      const evidence = [{ source: 'info.LiveRestoreEnabled', value: info.LiveRestoreEnabled }];
      if (info.LiveRestoreEnabled) return pass('Containers outlive a restart of the daemon', evidence);
      return state === undefined
        ? infoNotSeen('Swarm.LocalNodeState')
        : fail('All containers stop when the daemon does', evidence);
    });
  },
});

import type { EngineInfo } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import type { JudgingContext } from '../engine/context.ts';
import { apiIsAtLeast } from '../engine/engine-version.ts';
import { aboutDaemon, infoNotSeen } from '../engine/daemon.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';

const statesOn = new Set(['active', 'pending', 'error', 'locked']);
const defaultDataPathPort = 4789;

export default defineCheck({
  id: 'swarm-mode-wanted',
  theme: 'orchestration',
  severity: 'low',
  subject: 'daemon',
  cis: { '1.5.0': '7.1', '1.6.0': '5.1', '1.7.0': '5.1', '1.8.0': '5.1' },
  cisLevel: 1,
  title: 'Swarm mode is off unless it is wanted',
  rationale:
    'A host in a swarm opens ports on every address to other nodes, and whoever controls a manager decides what runs on it.',
  remediation:
    'On a worker: docker swarm leave. On the last manager: docker swarm leave --force, which deletes the state of the cluster. Where the swarm is wanted, set the parameter swarmExpected for this host. There is no key for it in compose or daemon.json.',
  decidedBy:
    'info.Swarm.LocalNodeState: inactive or empty passes, as does every state where swarmExpected is true; active, pending, error and locked fail.',
  needs: ['info'],
  parameters: z.strictObject({ swarmExpected: z.boolean().default(false) }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 5.1',
    'moby/moby api/types/swarm/swarm.go (Info, LocalNodeState)',
    'docker/docker-bench-security#344',
    'https://docs.docker.com/reference/cli/docker/swarm/leave/',
  ],
  *evaluate({ context, parameters }) {
    yield* aboutDaemon(context, { notOnPodman: 'Podman has no swarm mode' }, (info) =>
      judgeState(info, context, parameters.swarmExpected),
    );
  },
});

const judgeState = (info: EngineInfo, context: JudgingContext, swarmExpected: boolean): Judgement => {
  const swarm = info.Swarm;
  if (swarm === undefined)
    return apiIsAtLeast(context, 1, 24) === false
      ? notApplicable('The engine is older than swarm mode, which came with API 1.24')
      : infoNotSeen('Swarm');
  const state = swarm.LocalNodeState;
  if (state === undefined) return infoNotSeen('Swarm.LocalNodeState');
  const evidence: Evidence[] = [
    { source: 'info.Swarm.LocalNodeState', value: state },
    ...(swarm.ControlAvailable === undefined
      ? []
      : [{ source: 'info.Swarm.ControlAvailable', value: swarm.ControlAvailable }]),
    ...(swarm.Error ? [{ source: 'info.Swarm.Error', value: swarm.Error }] : []),
  ];
  if (state === '' || state === 'inactive') return pass('Swarm mode is off', evidence);
  if (!statesOn.has(state))
    return unknown(`No swarm state "${state}" is known`, 'A newer version of this check', evidence);
  if (swarmExpected) return pass(`Swarm mode is ${state}, as the policy expects`, evidence);
  if (state === 'locked')
    return fail(
      'Swarm mode is on and locked: the manager was restarted without its key, certificates and cluster state are on disk',
      evidence,
    );
  const isManager = swarm.ControlAvailable === true;
  const dataPort = swarm.Cluster?.DataPathPort || defaultDataPathPort;
  return fail(
    `Swarm mode is ${state}, as a ${isManager ? 'manager' : 'worker'}; it opens ${isManager ? '2377/tcp, ' : ''}7946/tcp, 7946/udp and ${dataPort}/udp`,
    evidence,
  );
};

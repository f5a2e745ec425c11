import type { SwarmInfo } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { infoNotSeen } from '../engine/daemon.ts';
import { type Evidence, type Judgement, fail, pass } from '../engine/verdict.ts';
import { aboutSwarm } from './about-swarm.ts';

const nanosecondsPerHour = 3.6e12;
/** What the engine takes in place of none, or of less than an hour. */
const defaultHours = 2160;

export default defineCheck({
  id: 'swarm-node-certificate-lifetime',
  theme: 'orchestration',
  severity: 'low',
  subject: 'swarm',
  cis: { '1.5.0': '7.8', '1.6.0': '7.7', '1.7.0': '7.7', '1.8.0': '7.7' },
  cisLevel: 1,
  title: 'Certificates of swarm nodes are short-lived',
  rationale:
    'A certificate copied from a node lets its holder take part in the swarm until it ends. Nodes renew theirs by themselves, so a short life costs nothing.',
  remediation:
    'docker swarm update --cert-expiry 48h (or what your policy says; an hour is the least). No key of compose or daemon.json sets it.',
  decidedBy:
    'info.Swarm.Cluster.Spec.CAConfig.NodeCertExpiry in hours, at most maxHours; 0 stands for 90 days. Fails as well where Swarm.Error says that certificates have expired.',
  needs: ['info'],
  parameters: z.strictObject({ maxHours: z.number().min(1).default(defaultHours) }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 7.7',
    'https://docs.docker.com/engine/swarm/how-swarm-mode-works/pki/',
    'moby/swarmkit ca/certificates.go',
  ],
  *evaluate({ context, parameters }) {
    yield* aboutSwarm(context, (swarm) => judgeLifetime(swarm, parameters.maxHours));
  },
});

const judgeLifetime = ({ Cluster, Error: error }: SwarmInfo, maxHours: number): Judgement => {
  if (error !== undefined && /certificate.*expired|expired.*certificate/i.test(error.slice(0, 2000)))
    return fail('Certificates of the swarm have expired', [{ source: 'info.Swarm.Error', value: error }]);
  const config = Cluster?.Spec?.CAConfig;
  const expiry = config?.NodeCertExpiry;
  if (error === undefined || expiry === undefined)
    return infoNotSeen(error === undefined ? 'Swarm.Error' : 'Swarm.Cluster.Spec.CAConfig.NodeCertExpiry');
  // Beyond 2^53 nanoseconds the number is not exact; hours are.
  const given = expiry / nanosecondsPerHour;
  const hours = given < 1 ? defaultHours : given;
  const evidence: Evidence[] = [
    { source: 'info.Swarm.Cluster.Spec.CAConfig.NodeCertExpiry', value: expiry },
    ...((config?.ExternalCAs ?? []).length === 0
      ? []
      : [
          {
            source: 'info.Swarm.Cluster.Spec.CAConfig.ExternalCAs',
            value: 'an outside authority may decide otherwise',
          },
        ]),
  ];
  const told = `${Math.round(hours * 10) / 10} hours`;
  return hours <= maxHours
    ? pass(`Certificates of nodes last ${told}`, evidence)
    : fail(`Certificates of nodes last ${told}, more than ${maxHours}`, evidence);
};

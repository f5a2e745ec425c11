import { X509Certificate } from 'node:crypto';
import type { SwarmInfo } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { infoNotSeen } from '../engine/daemon.ts';
import { dayOf, daysBetween, instantOf } from '../engine/instants.ts';
import { type Evidence, type Judgement, fail, pass, unknown } from '../engine/verdict.ts';
import { aboutSwarm } from './about-swarm.ts';

const Parameters = z.strictObject({
  maxAgeDays: z.number().int().min(1).default(365),
  minDaysLeft: z.number().int().min(0).default(90),
});

export default defineCheck({
  id: 'swarm-ca-rotation',
  theme: 'orchestration',
  severity: 'low',
  subject: 'swarm',
  cis: { '1.5.0': '7.9', '1.6.0': '7.8', '1.7.0': '7.8', '1.8.0': '7.8' },
  cisLevel: 1,
  title: 'The root certificate of the swarm is changed from time to time',
  rationale:
    'Whoever holds the key of the root can make a node of his own and be handed tasks and secrets. The default root is good for twenty years and only changed by hand.',
  remediation:
    'docker swarm ca --rotate, then wait until all nodes have the new root (docker node inspect, TLSStatus). An authority of your own follows its own rules. No key of compose or daemon.json sets it.',
  decidedBy:
    'NotBefore and NotAfter of the certificates in info.Swarm.Cluster.TLSInfo.TrustRoot. While a rotation runs, both roots are in it and nothing is claimed.',
  needs: ['info'],
  parameters: Parameters,
  sources: [
    'CIS Docker Benchmark 1.6.0, 7.8',
    'https://docs.docker.com/reference/cli/docker/swarm/ca/',
    'moby/swarmkit ca/certificates.go (RootCAExpiration)',
  ],
  *evaluate({ snapshot, context, parameters }) {
    yield* aboutSwarm(context, (swarm) => judgeRoot(swarm, instantOf(snapshot.takenAt), parameters));
  },
});

const judgeRoot = (
  { Cluster }: SwarmInfo,
  now: number | undefined,
  { maxAgeDays, minDaysLeft }: z.infer<typeof Parameters>,
): Judgement => {
  if (Cluster?.RootRotationInProgress === undefined) return infoNotSeen('Swarm.Cluster.RootRotationInProgress');
  if (Cluster.RootRotationInProgress)
    return unknown('The root is being changed right now', 'A scan when the rotation has ended', [
      { source: 'info.Swarm.Cluster.RootRotationInProgress', value: true },
    ]);
  const trustRoot = Cluster.TLSInfo?.TrustRoot;
  if (trustRoot === undefined) return infoNotSeen('Swarm.Cluster.TLSInfo.TrustRoot');
  const roots = rootsIn(trustRoot);
  const newest = roots?.toSorted((a, b) => a.from - b.from).at(-1);
  if (newest === undefined || now === undefined)
    return unknown(
      'The root certificate of the swarm can not be read from what the engine told',
      'Switch on reading host files for this host (swarm/certificates/swarm-root-ca.crt)',
    );
  const evidence: Evidence[] = [
    { source: 'info.Swarm.Cluster.TLSInfo.TrustRoot', value: newest.name },
    { source: 'not before', value: dayOf(newest.from) },
    { source: 'not after', value: dayOf(newest.to) },
    { source: 'info.Swarm.Cluster.Spec.CAConfig.ForceRotate', value: Cluster.Spec?.CAConfig?.ForceRotate ?? 0 },
  ];
  const left = daysBetween(now, newest.to) ?? 0;
  if (left <= 0) return fail(`The root certificate of the swarm ended on ${dayOf(newest.to)}`, evidence);
  if (left <= minDaysLeft) return fail(`The root certificate of the swarm ends in ${Math.floor(left)} days`, evidence);
  const age = daysBetween(newest.from, now) ?? 0;
  return age > maxAgeDays
    ? fail(`The root certificate of the swarm is ${Math.floor(age)} days old`, evidence)
    : pass(`The root certificate of the swarm is of ${dayOf(newest.from)}`, evidence);
};

interface Root {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

const certificatePattern = /-----BEGIN CERTIFICATE-----[^-]{1,20000}-----END CERTIFICATE-----/g;
const mostCertificates = 10;

/** Undefined where one of them is no certificate. */
const rootsIn = (pem: string): Root[] | undefined => {
  try {
    return [...pem.slice(0, 200_000).matchAll(certificatePattern)].slice(0, mostCertificates).map(([text]) => {
      const { subject, validFromDate, validToDate } = new X509Certificate(text);
      return { name: subject, from: validFromDate.getTime(), to: validToDate.getTime() };
    });
  } catch {
    return undefined;
  }
};

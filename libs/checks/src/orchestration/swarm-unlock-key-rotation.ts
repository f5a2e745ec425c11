import type { SwarmInfo } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { infoNotSeen } from '../engine/daemon.ts';
import { daysBetween, instantOf } from '../engine/instants.ts';
import { type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { aboutSwarm } from './about-swarm.ts';

const Parameters = z.strictObject({
  maxAgeDays: z.number().int().min(1).default(90),
  /** The day on which somebody changed the key last. */
  lastRotation: z.iso.date().nullable().default(null),
});

export default defineCheck({
  id: 'swarm-unlock-key-rotation',
  theme: 'orchestration',
  severity: 'low',
  subject: 'swarm',
  cis: { '1.5.0': '7.7', '1.6.0': '7.6', '1.7.0': '7.6', '1.8.0': '7.6' },
  cisLevel: 1,
  title: 'The key that unlocks managers is changed from time to time',
  rationale:
    'People who knew the key leave, and copies of it get into notes and backups. Only a new key takes it back from them.',
  remediation:
    'docker swarm unlock-key --rotate while all managers are reachable. Keep the new key, and the old one for some minutes more, and put the day into the parameter lastRotation. No key of compose or daemon.json sets it.',
  decidedBy:
    'The day in the parameter lastRotation, or the age of a swarm that is younger than maxAgeDays. Neither API nor files tell when the key was changed: UpdatedAt of the cluster moves by itself every few hours.',
  question: "Was the key that unlocks this swarm's managers changed within the time you allow for it?",
  needs: ['info'],
  parameters: Parameters,
  sources: [
    'CIS Docker Benchmark 1.6.0, 7.6',
    'https://docs.docker.com/engine/swarm/swarm_manager_locking/#rotate-the-unlock-key',
    'moby/swarmkit manager/keymanager/keymanager.go (DefaultKeyRotationInterval)',
  ],
  *evaluate({ snapshot, context, parameters }) {
    yield* aboutSwarm(context, (swarm) => judgeRotation(swarm, instantOf(snapshot.takenAt), parameters));
  },
});

const judgeRotation = (
  { Cluster }: SwarmInfo,
  now: number | undefined,
  { maxAgeDays, lastRotation }: z.infer<typeof Parameters>,
): Judgement => {
  const isOn = Cluster?.Spec?.EncryptionConfig?.AutoLockManagers;
  if (isOn === undefined) return infoNotSeen('Swarm.Cluster.Spec.EncryptionConfig.AutoLockManagers');
  if (!isOn) return notApplicable('Managers are not locked, so there is no such key: see swarm-autolock');
  const made = Cluster?.CreatedAt;
  const evidence = [{ source: 'info.Swarm.Cluster.CreatedAt', value: made ?? null }];
  const isYoung = (from: number | undefined): boolean => (daysBetween(from, now) ?? Infinity) <= maxAgeDays;
  if (lastRotation !== null && now !== undefined)
    return isYoung(instantOf(lastRotation))
      ? pass(`The key was changed on ${lastRotation}`, evidence)
      : fail(`The key was changed on ${lastRotation}, more than ${maxAgeDays} days ago`, evidence);
  if (isYoung(instantOf(made))) return pass('The swarm is younger than the key may be', evidence);
  return unknown(
    'Nothing tells when the key was changed',
    'The day of the last change in the parameter lastRotation',
    evidence,
  );
};

import type { SwarmInfo } from '@plimsoll/snapshot';
import { defineCheck } from '../engine/check.ts';
import { infoNotSeen } from '../engine/daemon.ts';
import { swarmSubject } from '../engine/subjects.ts';
import { type Judgement, fail, pass } from '../engine/verdict.ts';
import { swarmRoleOf } from './about-swarm.ts';

export default defineCheck({
  id: 'swarm-autolock',
  theme: 'orchestration',
  severity: 'medium',
  subject: 'swarm',
  cis: { '1.5.0': '7.6', '1.6.0': '7.5', '1.7.0': '7.5', '1.8.0': '7.5' },
  cisLevel: 1,
  title: 'Managers of the swarm are locked after a restart',
  rationale:
    "The state of a swarm, secrets and all, lies encrypted on each manager's disk, with the key beside it. Whoever copies the disk or a backup has everything, unless the key is locked away.",
  remediation:
    'docker swarm update --autolock=true. Keep the key that it prints outside the swarm, and practise docker swarm unlock: a restarted manager waits for it. No key of compose or daemon.json sets it.',
  decidedBy:
    'info.Swarm.Cluster.Spec.EncryptionConfig.AutoLockManagers; a manager in state locked has it for sure. The key itself is never asked for.',
  needs: ['info'],
  sources: [
    'CIS Docker Benchmark 1.6.0, 7.5',
    'https://docs.docker.com/engine/swarm/swarm_manager_locking/',
    'moby/moby api/types/swarm/swarm.go (EncryptionConfig)',
  ],
  *evaluate({ context }) {
    const role = swarmRoleOf(context);
    yield { subject: swarmSubject, ...(role.kind === 'manager' ? judgeLock(role.swarm) : isLocked(role)) };
  },
});

const isLocked = (role: Exclude<ReturnType<typeof swarmRoleOf>, { kind: 'manager' }>): Judgement =>
  role.kind === 'locked'
    ? pass('The manager is locked, which only auto-lock brings about', role.judgement.evidence)
    : role.judgement;

const judgeLock = ({ Cluster }: SwarmInfo): Judgement => {
  const isOn = Cluster?.Spec?.EncryptionConfig?.AutoLockManagers;
  if (isOn === undefined) return infoNotSeen('Swarm.Cluster.Spec.EncryptionConfig.AutoLockManagers');
  const evidence = [{ source: 'info.Swarm.Cluster.Spec.EncryptionConfig.AutoLockManagers', value: isOn }];
  return isOn
    ? pass('Managers ask for the key after a restart', evidence)
    : fail('The key of the swarm lies beside its data on every manager', evidence);
};

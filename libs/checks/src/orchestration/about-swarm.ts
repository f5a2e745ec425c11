import type { HostSnapshot, Part, SwarmInfo, SwarmObjects } from '@plimsoll/snapshot';
import { isMissing, valueOf } from '@plimsoll/snapshot';
import type { JudgingContext } from '../engine/context.ts';
import { infoNotSeen } from '../engine/daemon.ts';
import { swarmSubject } from '../engine/subjects.ts';
import {
  type Evidence,
  type Judgement,
  type Subject,
  type Verdict,
  notApplicable,
  unknown,
} from '../engine/verdict.ts';

/** What the daemon is in a swarm, or the answer where a check about the whole swarm can not be decided here. */
export type SwarmRole =
  | { readonly kind: 'manager'; readonly swarm: SwarmInfo }
  | { readonly kind: 'worker' | 'locked'; readonly swarm: SwarmInfo; readonly judgement: Judgement }
  | { readonly kind: 'other'; readonly judgement: Judgement };

const scanManager = 'Register and scan a manager of this swarm';

/** Data of the cluster is kept by its managers: workers answer 503 to all that asks for it. */
export const swarmRoleOf = (context: JudgingContext): SwarmRole => {
  const other = (judgement: Judgement): SwarmRole => ({ kind: 'other', judgement });
  if (context.isPodman === true) return other(notApplicable('Podman has no swarm mode'));
  const swarm = context.info?.Swarm;
  const state = swarm?.LocalNodeState;
  if (swarm === undefined || state === undefined) return other(infoNotSeen('Swarm.LocalNodeState'));
  const evidence: Evidence[] = [{ source: 'info.Swarm.LocalNodeState', value: state }];
  if (state === '' || state === 'inactive') return other(notApplicable('The host is in no swarm', evidence));
  if (state === 'locked') {
    const why = 'The swarm is locked on this manager until somebody gives its key';
    return { kind: 'locked', swarm, judgement: unknown(why, 'docker swarm unlock on the host, then a scan', evidence) };
  }
  if (state !== 'active') return other(unknown(`The host is in a swarm, in state ${state}`, scanManager, evidence));
  if (swarm.ControlAvailable === undefined) return other(infoNotSeen('Swarm.ControlAvailable'));
  if (swarm.ControlAvailable) return { kind: 'manager', swarm };
  const why = 'The host is a worker, and only managers know the swarm as a whole';
  const all = [...evidence, { source: 'info.Swarm.ControlAvailable', value: false }];
  return { kind: 'worker', swarm, judgement: unknown(why, scanManager, all) };
};

/** One verdict about the swarm as a whole, by what its manager told. */
export function* aboutSwarm(context: JudgingContext, judge: (swarm: SwarmInfo) => Judgement): Generator<Verdict> {
  const role = swarmRoleOf(context);
  yield { subject: swarmSubject, ...(role.kind === 'manager' ? judge(role.swarm) : role.judgement) };
}

/** The answer where a manager did not hand out one kind of its objects. */
export const objectsNotSeen = (snapshot: HostSnapshot, name: keyof SwarmObjects): Judgement => {
  const objects = valueOf(snapshot.swarm);
  const part: Part<unknown> = objects === undefined ? { missing: 'not-requested', detail: '' } : objects[name];
  const why = isMissing(part) ? ` (${part.missing}${part.detail === '' ? '' : `: ${part.detail}`})` : '';
  return unknown(`The ${name} of the swarm were not seen${why}`, `A scan that can read the ${name} of the swarm`);
};

/** Stands for all services, or all of another kind, of a swarm. */
export const allOf = (kind: 'service' | 'secret' | 'network'): Subject => ({
  kind,
  name: `all ${kind}s`,
  lastingName: '*',
});

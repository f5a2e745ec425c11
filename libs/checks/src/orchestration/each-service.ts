import { type HostSnapshot, type SwarmService, valueOf } from '@plimsoll/snapshot';
import type { JudgingContext } from '../engine/context.ts';
import { serviceSubject } from '../engine/subjects.ts';
import { type Judgement, type Verdict, notApplicable } from '../engine/verdict.ts';
import { allOf, objectsNotSeen, swarmRoleOf } from './about-swarm.ts';

/** One verdict for each service of the swarm, or one for all where they can not be judged from here. */
export function* eachService(
  snapshot: HostSnapshot,
  context: JudgingContext,
  judge: (service: SwarmService) => Judgement,
): Generator<Verdict> {
  const subject = allOf('service');
  const role = swarmRoleOf(context);
  const services = valueOf(valueOf(snapshot.swarm)?.services);
  if (role.kind !== 'manager') yield { subject, ...role.judgement };
  else if (services === undefined) yield { subject, ...objectsNotSeen(snapshot, 'services') };
  else if (services.length === 0) yield { subject, ...notApplicable('The swarm has no service') };
  else
    for (const service of services)
      yield {
        subject: serviceSubject(service.Spec?.Name ?? service.ID ?? 'a service without a name'),
        ...judge(service),
      };
}

import type { HostSnapshot, SwarmService } from '@plimsoll/snapshot';
import { serviceSubject } from '../engine/subjects.ts';
import { servicesOf } from '../engine/swarm-tasks.ts';
import { type Judgement, type Verdict, notApplicable, unknown } from '../engine/verdict.ts';

/** A port that a swarm service publishes; ingress opens it on every node, host on the nodes its tasks run on. */
export interface ServicePort {
  /** Undefined where a node picks it, or where it was not seen. */
  readonly publishedPort: number | undefined;
  readonly targetPort: number;
  readonly protocol: string;
  readonly mode: 'ingress' | 'host';
}

/** Undefined where the service's endpoint was not seen. What Go leaves out means no ports, tcp, and ingress. */
export const servicePorts = ({ Endpoint }: SwarmService): ServicePort[] | undefined =>
  Endpoint &&
  (Endpoint.Ports ?? []).map(({ PublishedPort, TargetPort = 0, Protocol, PublishMode }) => ({
    publishedPort: PublishedPort || undefined,
    targetPort: TargetPort,
    protocol: Protocol || 'tcp',
    mode: PublishMode === 'host' ? 'host' : 'ingress',
  }));

/** `*:8080 → 80/tcp (ingress)` */
export const describeServicePort = ({ publishedPort, targetPort, protocol, mode }: ServicePort): string =>
  `*:${publishedPort ?? 'ephemeral'} → ${targetPort}/${protocol} (${mode})`;

/** One verdict for each service that a manager told, and none elsewhere. */
export function* eachService(snapshot: HostSnapshot, judge: (ports: ServicePort[]) => Judgement): Generator<Verdict> {
  for (const service of servicesOf(snapshot)) {
    const name = service.Spec?.Name ?? service.ID;
    if (name === undefined) continue;
    yield { subject: serviceSubject(name), ...judgeService(servicePorts(service), judge) };
  }
}

const judgeService = (ports: ServicePort[] | undefined, judge: (ports: ServicePort[]) => Judgement): Judgement => {
  if (ports === undefined) return unknown('Endpoint of the service was not seen', 'A manager that reports this field');
  return ports.length === 0 ? notApplicable('The service publishes no port') : judge(ports);
};

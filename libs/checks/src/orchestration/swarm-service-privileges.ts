import type { ContainerEntry, ContainerInspect, HostSnapshot, SwarmService } from '@plimsoll/snapshot';
import { valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import containerDockerSocket from '../daemon-attack-surface/container-docker-socket.ts';
import containerSensitiveHostMounts from '../daemon-attack-surface/container-sensitive-host-mounts.ts';
import { defineCheck } from '../engine/check.ts';
import type { JudgingContext } from '../engine/context.ts';
import { infoNotSeen } from '../engine/daemon.ts';
import { matchesPattern } from '../engine/name-patterns.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { type Severity, severities } from '../engine/vocabulary.ts';
import containerCapabilities from '../kernel-privileges/container-capabilities.ts';
import { eachService } from './each-service.ts';

/** The checks on containers whose questions a service answers before any of its containers is there. */
const containerChecks = [containerDockerSocket, containerSensitiveHostMounts, containerCapabilities];

export default defineCheck({
  id: 'swarm-service-privileges',
  theme: 'orchestration',
  severity: 'high',
  subject: 'service',
  title: 'Swarm services ask for no rights that lead to the node',
  rationale:
    'What a service asks for, each of its containers gets on whatever node it lands. A service that mounts the socket or the files of its host hands out every node it runs on; a global one hands out those that join later as well.',
  remediation:
    'docker service update --mount-rm TARGET --cap-drop NAME --network-rm host SERVICE (compose: volumes, cap_add, networks below the service); leave seccomp, AppArmor and SELinux on (--security-opt and privileges in compose); give files by docker secret and docker config instead of mounts.',
  decidedBy:
    "Spec.TaskTemplate of each service, judged as container-docker-socket, container-sensitive-host-mounts and container-capabilities judge a container; besides these, confinement that is switched off (Privileges) and the host's own network. One step more for a global service.",
  needs: ['info', 'swarm'],
  parameters: z.strictObject({
    /** Patterns of services that may use the network of the host. */
    hostNetworkServices: z.array(z.string()).default([]),
  }),
  sources: ['https://docs.docker.com/engine/swarm/services/', 'moby/moby api/swagger.yaml (TaskSpec.ContainerSpec)'],
  *evaluate({ snapshot, context, parameters }) {
    yield* eachService(snapshot, context, (service) =>
      judgeService(service, snapshot, context, parameters.hostNetworkServices),
    );
  },
});

interface Problem {
  readonly severity: Severity;
  readonly reason: string;
  readonly evidence: readonly Evidence[];
}

const judgeService = (
  service: SwarmService,
  snapshot: HostSnapshot,
  context: JudgingContext,
  hostNetworkServices: readonly string[],
): Judgement => {
  const { Mode, Name, TaskTemplate } = service.Spec ?? {};
  if (TaskTemplate?.Runtime === 'plugin') return notApplicable('The service installs a plugin and has no containers');
  const specification = TaskTemplate?.ContainerSpec;
  if (specification === undefined || specification === null) return infoNotSeen('Spec.TaskTemplate.ContainerSpec');
  const attached = TaskTemplate?.Networks ?? [];
  const judged = judgeAsContainer(service, snapshot, context);
  const isHostNetworkListed = hostNetworkServices.some((pattern) => matchesPattern(Name ?? '', pattern));
  const problems = [
    ...judged.problems,
    ...confinementProblems(specification),
    ...(isHostNetworkListed ? [] : hostNetworkProblems(attached, snapshot)),
  ].toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  const [worst] = problems;
  const isGlobal = Mode?.Global !== undefined && Mode.Global !== null;
  if (worst !== undefined) {
    const severity = isGlobal
      ? (severities[Math.max(severities.indexOf(worst.severity) - 1, 0)] ?? 'high')
      : worst.severity;
    const others = problems.length === 1 ? '' : `, and ${problems.length - 1} more`;
    return fail(
      `${worst.reason}${others}${isGlobal ? '; on every node, present and future' : ''}`,
      problems.flatMap(({ evidence }) => evidence),
      { severity },
    );
  }
  if (judged.unknown !== undefined) return judged.unknown;
  if (!isHostNetworkListed && attached.some((attachment) => driverOf(attachment, snapshot) === undefined))
    return infoNotSeen('A network of the service');
  return pass('The service asks for nothing that leads to the node', [
    {
      source: 'ContainerSpec.Mounts',
      value: (specification.Mounts ?? []).map(({ Type, Source }) => `${Type ?? '?'} ${Source ?? ''}`),
    },
  ]);
};

const judgeAsContainer = (service: SwarmService, snapshot: HostSnapshot, context: JudgingContext) => {
  const alone = { ...snapshot, containers: { value: [asContainer(service)] } };
  const problems: Problem[] = [];
  let open: Judgement | undefined;
  for (const check of containerChecks) {
    for (const { outcome, severity, reason, evidence } of check.evaluate({
      snapshot: alone,
      context,
      parameters: {},
    })) {
      if (outcome === 'fail')
        problems.push({
          severity: severity ?? check.severity,
          reason: reason.replace(/^The container/, 'The service'),
          evidence: [...evidence, { source: 'judged as', value: check.id }],
        });
      else if (outcome === 'unknown')
        open ??= unknown(reason, 'A scan that can read services and volumes whole', evidence);
    }
  }
  return { problems, unknown: open };
};

/** A container as a task of this service would be; services can not be privileged. What Go leaves out is empty. */
const asContainer = ({ ID, Spec }: SwarmService): ContainerEntry => {
  const specification = Spec?.TaskTemplate?.ContainerSpec;
  const name = Spec?.Name ?? ID ?? 'service';
  const missing = { missing: 'not-supported', detail: 'A service is no container.' } as const;
  const mounts = specification?.Mounts ?? [];
  const hasNoNewPrivileges = specification?.Privileges?.NoNewPrivileges === true;
  const inspect: ContainerInspect = {
    State: { Status: 'running' },
    HostConfig: {
      Privileged: false,
      NetworkMode: '',
      UsernsMode: '',
      CapAdd: specification?.CapabilityAdd ?? [],
      CapDrop: specification?.CapabilityDrop ?? [],
      SecurityOpt: hasNoNewPrivileges ? ['no-new-privileges'] : [],
      Mounts: mounts.map(({ Type, Source, Target, ReadOnly, VolumeOptions }) => ({
        Type,
        Source,
        Target,
        ReadOnly,
        VolumeOptions,
      })),
    },
    Config: { User: specification?.User ?? '' },
    Mounts: mounts.map(({ Type, Source, Target, ReadOnly, BindOptions }) => ({
      Type,
      Source,
      Destination: Target,
      RW: ReadOnly !== true,
      Propagation: BindOptions?.Propagation ?? '',
      ...(Type === 'volume' ? { Name: Source } : {}),
    })),
  };
  return {
    id: ID ?? name,
    name,
    state: 'running',
    image: specification?.Image,
    imageId: undefined,
    labels: {},
    inspect: { value: inspect },
    stats: missing,
    processes: missing,
    execs: missing,
    secretSightings: [],
  };
};

type Specification = NonNullable<NonNullable<NonNullable<SwarmService['Spec']>['TaskTemplate']>['ContainerSpec']>;

const switchedOff = new Set(['unconfined', 'disabled']);

/** Left out means the default, which confines. */
const confinementProblems = ({ Privileges: privileges }: Specification): Problem[] => {
  const off = [
    {
      source: 'Privileges.Seccomp.Mode',
      value: privileges?.Seccomp?.Mode,
      isOff: switchedOff.has(privileges?.Seccomp?.Mode ?? ''),
    },
    {
      source: 'Privileges.AppArmor.Mode',
      value: privileges?.AppArmor?.Mode,
      isOff: switchedOff.has(privileges?.AppArmor?.Mode ?? ''),
    },
    {
      source: 'Privileges.SELinuxContext.Disable',
      value: privileges?.SELinuxContext?.Disable,
      isOff: privileges?.SELinuxContext?.Disable === true,
    },
  ].filter(({ isOff }) => isOff);
  return off.map(({ source, value }) => ({
    severity: 'high',
    reason: `The service switches confinement off (${source})`,
    evidence: [{ source, value: value ?? null }],
  }));
};

type Attachment = { readonly Target?: string | undefined };

const hostNetworkProblems = (attached: readonly Attachment[], snapshot: HostSnapshot): Problem[] =>
  attached.some((attachment) => driverOf(attachment, snapshot) === 'host')
    ? [
        {
          severity: 'medium',
          reason: "The service uses the node's own network",
          evidence: [{ source: 'TaskTemplate.Networks', value: 'host' }],
        },
      ]
    : [];

/** Of the network that a service names by id or, for the predefined one, by name. */
const driverOf = ({ Target }: Attachment, snapshot: HostSnapshot): string | undefined => {
  if (Target === 'host') return 'host';
  return Target === undefined ? undefined : valueOf(snapshot.networks)?.find(({ Id }) => Id === Target)?.Driver;
};

import { type ContainerEntry, isMissing, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import containerDockerSocket from '../daemon-attack-surface/container-docker-socket.ts';
import containerSensitiveHostMounts from '../daemon-attack-surface/container-sensitive-host-mounts.ts';
import { defineCheck } from '../engine/check.ts';
import { isUp } from '../engine/containers.ts';
import { isHostFileReader } from '../engine/host-paths.ts';
import { daysBetween, instantOf } from '../engine/instants.ts';
import { containerSubject } from '../engine/subjects.ts';
import { type Judgement, type Verdict, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import secretInContainerConfig from '../images/secret-in-container-config.ts';
import containerPrivileged from '../kernel-privileges/container-privileged.ts';
import { stoppedSince } from './stopped-since.ts';

const Parameters = z.strictObject({
  maxStoppedDays: z.number().min(0).default(7),
  /** Names of labels by which somebody says that a container is kept on purpose. */
  exemptLabels: z.array(z.string()).default(['plimsoll.keep']),
});

/** What makes a stopped container worth taking away, by the check that knows it. */
const burdens = [
  { check: containerPrivileged, what: 'is privileged', isGrave: true },
  { check: containerDockerSocket, what: "mounts the engine's socket", isGrave: true },
  { check: containerSensitiveHostMounts, what: 'mounts a sensitive folder of the host', isGrave: false },
  { check: secretInContainerConfig, what: 'holds a secret in its configuration', isGrave: false },
];

export default defineCheck({
  id: 'exited-container-holds-secrets',
  theme: 'logging-and-operations',
  severity: 'low',
  subject: 'container',
  title: 'Stopped containers with secrets or strong rights do not linger',
  rationale:
    'A container that ended months ago still shows its secrets to whoever may read the API, keeps its files on the disk, and comes back with all its rights at one docker start.',
  remediation:
    'docker container prune --filter until=168h, as a job, or docker rm NAME; docker run --rm for jobs that run once (compose: docker compose run --rm). What is kept on purpose gets the label plimsoll.keep. No key of daemon.json does it.',
  decidedBy:
    'State.FinishedAt (Created, where it was never started) more than maxStoppedDays ago, together with a failure of container-privileged, container-docker-socket, container-sensitive-host-mounts or secret-in-container-config. Medium with the first two.',
  needs: ['containers'],
  parameters: Parameters,
  sources: [
    'https://docs.docker.com/reference/cli/docker/container/prune/',
    'moby/moby api/swagger.yaml (ContainerState)',
  ],
  *evaluate({ snapshot, context, parameters }) {
    const containers = (valueOf(snapshot.containers) ?? []).filter(
      (container) => container.state?.toLowerCase() !== 'removing' && !isHostFileReader(container),
    );
    const stopped = containers.filter((container) => isUp(container) !== true);
    const alone = { ...snapshot, containers: { value: stopped } };
    const verdicts = burdens.map(({ check }) =>
      verdictsByName(check.evaluate({ snapshot: alone, context, parameters: {} })),
    );
    const now = instantOf(snapshot.takenAt);
    for (const container of containers) {
      const judged = verdicts.map((byName) => byName.get(container.name));
      yield { subject: containerSubject(container), ...judgeContainer(container, judged, now, parameters) };
    }
  },
});

const verdictsByName = (verdicts: Iterable<Verdict>): ReadonlyMap<string, Verdict> =>
  new Map([...verdicts].map((verdict) => [verdict.subject.name, verdict]));

const judgeContainer = (
  container: ContainerEntry,
  verdicts: readonly (Verdict | undefined)[],
  now: number | undefined,
  { maxStoppedDays, exemptLabels }: z.infer<typeof Parameters>,
): Judgement => {
  const up = isUp(container);
  if (up === true) return notApplicable('The container is up');
  if (exemptLabels.some((label) => container.labels?.[label] !== undefined))
    return notApplicable('A label says that the container is kept on purpose');
  if (up === undefined || isMissing(container.inspect))
    return unknown('Whether the container is stopped was not seen', 'A scan that can inspect this container');
  const age = daysBetween(stoppedSince(container), now);
  if (age === undefined)
    return unknown('Since when the container is stopped was not seen', 'An engine that reports State.FinishedAt');
  const days = Math.floor(age);
  const evidence = [{ source: 'days since it ended', value: days }];
  if (age <= maxStoppedDays) return pass(`The container ended ${days} days ago`, evidence);
  const found = burdens.filter((_burden, index) => verdicts[index]?.outcome === 'fail');
  if (found.length > 0)
    return fail(
      `The container ended ${days} days ago, and ${found.map(({ what }) => what).join(', ')}`,
      [...evidence, { source: 'fails', value: found.map(({ check }) => check.id) }],
      { severity: found.some(({ isGrave }) => isGrave) ? 'medium' : 'low' },
    );
  const open = burdens.find((_burden, index) => verdicts[index]?.outcome === 'unknown');
  return open === undefined
    ? pass('The container holds neither secrets nor strong rights', evidence)
    : unknown(
        `Whether the container ${open.what} was not seen`,
        `What ${open.check.id} says it needs for this container`,
        evidence,
      );
};

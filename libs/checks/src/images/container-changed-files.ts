import { type ContainerChange, type ContainerEntry, isMissing } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { eachContainer, fieldNotSeen } from '../engine/containers.ts';
import { matchesPattern } from '../engine/name-patterns.ts';
import { type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';

/** Places that the image alone should fill. */
const watched: readonly RegExp[] = [
  /^\/(?:usr\/)?(?:local\/)?s?bin\//,
  /^\/(?:usr\/)?(?:local\/)?lib(?:64|exec)?\/.*\.(?:so|py|sh)(?:\.[\d.]+)?$/,
  /^\/etc\/(?:passwd|shadow|group|sudoers|ld\.so\.preload|crontab|profile|rc\.local)$/,
  /^\/etc\/(?:cron\.[^/]+|sudoers\.d|init\.d|systemd|profile\.d|pam\.d)\//,
  /^\/var\/spool\/cron\//,
  /\/\.ssh\/authorized_keys$/,
  /^\/(?:tmp|var\/tmp|dev\/shm)\/\.[^/]+/,
  /^\/root\/\.(?:bashrc|profile)$/,
];
/** Nothing but an intruder, or a careless administrator, writes these. */
const grave: readonly RegExp[] = [
  /^\/etc\/ld\.so\.preload$/,
  /\/\.ssh\/authorized_keys$/,
  /^\/(?:tmp|var\/tmp|dev\/shm)\/\.[^/]+/,
];
const deleted = 2;
/** Hidden folders that ordinary programs make in /tmp. */
const usualHidden = ['/tmp/.X11-unix*', '/tmp/.ICE-unix*', '/tmp/.font-unix*', '/tmp/.XIM-unix*'];
const longestPath = 4096;
const shown = 20;

const Parameters = z.strictObject({
  /** Patterns of paths that may change; the engine itself writes the first ones. */
  allowedChanges: z
    .array(z.string())
    .default(['/etc/hosts', '/etc/hostname', '/etc/resolv.conf', '/etc/mtab', ...usualHidden]),
  maxPaths: z.number().int().min(1).default(200_000),
});

export default defineCheck({
  id: 'container-changed-files',
  theme: 'images',
  severity: 'high',
  subject: 'container',
  title: 'Programs and accounts in running containers are those of their image',
  rationale:
    'Who has got into a container leaves something behind: a program, an account, a key, a job. An image does not change while it runs, so what is new in these places was put there.',
  remediation:
    'Find out how it was entered (docker diff NAME, docker export NAME > evidence.tar), then create the container again from its image, and keep the next one read-only: docker run --read-only --tmpfs /tmp … (compose: read_only, tmpfs). No key of daemon.json does it.',
  decidedBy:
    'GET /containers/{id}/changes: a file added or changed in folders for programs and libraries, among accounts, jobs and keys, or hidden in a temporary folder. Volumes and memory file systems do not show there. Does not apply with a read-only root.',
  needs: ['containers'],
  parameters: Parameters,
  sources: [
    'https://docs.docker.com/reference/cli/docker/container/diff/',
    'moby/moby api/swagger.yaml (/containers/{id}/changes)',
  ],
  *evaluate({ snapshot, context, parameters }) {
    yield* eachContainer(snapshot, { stoppedContainers: 'same', severity: 'high' }, ({ container, inspect, up }) => {
      if (context.isWindows === true) return notApplicable('These places are those of Linux');
      if (!up) return notApplicable('The container is not up');
      const readOnly = inspect.HostConfig?.ReadonlyRootfs;
      if (readOnly === true) return notApplicable('The root file system of the container is read-only');
      if (readOnly === undefined) return fieldNotSeen('HostConfig.ReadonlyRootfs');
      return judgeChanges(container, parameters);
    });
  },
});

const judgeChanges = (
  { changes }: ContainerEntry,
  { allowedChanges, maxPaths }: z.infer<typeof Parameters>,
): Judgement => {
  if (changes === undefined || isMissing(changes))
    return unknown(
      changes === undefined
        ? 'What changed in the container was not asked for'
        : `What changed in the container was not told (${changes.missing}): ${changes.detail}`,
      'A scan that asks for changes (GET /containers/{id}/changes), which makes the engine compare layers',
    );
  const files = changedFiles(changes.value.slice(0, maxPaths)).filter(
    (path) =>
      watched.some((pattern) => pattern.test(path)) && !allowedChanges.some((pattern) => matchesPattern(path, pattern)),
  );
  if (files.length > 0) {
    const worst = files.find((path) => grave.some((pattern) => pattern.test(path)));
    return fail(
      `Files were put where only the image should: ${worst ?? files[0] ?? ''}${files.length === 1 ? '' : `, and ${files.length - 1} more`}`,
      [
        { source: 'changes', value: files.slice(0, shown) },
        { source: 'number of such files', value: files.length },
      ],
      { severity: worst === undefined ? 'high' : 'critical' },
    );
  }
  if (
    changes.value.length > maxPaths ||
    changes.value.some(({ Path, Kind }) => Path === undefined || Kind === undefined)
  )
    return unknown('Not every change of the container was seen', 'A scan that can read all of them');
  return pass('No program, account, job or key of the container was changed', [
    { source: 'number of changed paths', value: changes.value.length },
  ]);
};

/** A folder shows as changed when something in it did: what has a listed child is one. */
const changedFiles = (changes: readonly ContainerChange[]): string[] => {
  const folders = new Set<string>();
  for (const { Path } of changes)
    if (Path !== undefined && Path.length <= longestPath) folders.add(Path.slice(0, Path.lastIndexOf('/')));
  return changes.flatMap(({ Path, Kind }) =>
    Path === undefined || Path.length > longestPath || Kind === deleted || folders.has(Path) ? [] : [Path],
  );
};

import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { type JudgedContainer, containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { hostPathsOf, isHostFileReader } from '../engine/host-paths.ts';
import { cleanPath, isWithin } from '../engine/paths.ts';
import { isReadOnlyBelow } from '../engine/read-only-below.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';

/** Folders of which container-sensitive-host-mounts itself says what stays writable below. */
const saidThere = new Set(['/', '/sys']);

const judgeMounts = (
  { inspect }: JudgedContainer,
  wide: ReadonlySet<string>,
  leaves: readonly string[],
  context: JudgingContext,
): Judgement => {
  const host = hostPathsOf(inspect, context);
  if (host === undefined) return fieldNotSeen('Mounts');
  const readOnly = host.paths.filter(({ writable }) => writable === false);
  const judged = readOnly.filter(({ path }) => wide.has(path) && !leaves.some((leaf) => isWithin(path, leaf)));
  const versions: Evidence[] = [
    { source: 'version.Version', value: context.version?.Version ?? context.info?.ServerVersion ?? null },
    { source: 'info.KernelVersion', value: context.info?.KernelVersion ?? null },
  ];
  const answers = judged.map((found) => ({ found, holds: isReadOnlyBelow(found, context) }));
  const open = answers.filter(({ holds }) => holds === false);
  const evidence = [...(open.length > 0 ? open : answers).slice(0, 20).map(({ found }) => found.evidence), ...versions];
  if (open.length > 0) {
    const paths = open.map(({ found: { path } }) => path);
    return fail(
      `What is mounted on the host below ${paths.slice(0, 5).join(', ')} stays writable in the container, though the mount says read-only`,
      evidence,
      paths.every((path) => saidThere.has(path)) ? { causedBy: 'container-sensitive-host-mounts' } : {},
    );
  }
  if (answers.some(({ holds }) => holds === undefined))
    return unknown(
      'Whether a read-only mount holds below its folder depends on engine and kernel, whose versions were not seen',
      'A GET /version answer with the versions of engine and kernel',
      evidence,
    );
  if (answers.length > 0) return pass('Read-only mounts of wide folders are read-only all the way down', evidence);
  if (host.doubts.length > 0 || host.paths.some(({ writable }) => writable === undefined))
    return unknown(
      `Not every mount was seen whole: ${host.doubts.slice(0, 20).join('; ') || 'whether one is read-only'}`,
      'A scan that can list the volumes and their options; for volumes of a plugin, its documentation',
    );
  return notApplicable(
    readOnly.length === 0
      ? 'No path of the host is mounted read-only'
      : 'No folder is mounted read-only that usually has others mounted below',
  );
};

export default defineCheck({
  id: 'read-only-not-recursive',
  theme: 'daemon-attack-surface',
  severity: 'medium',
  subject: 'container',
  title: 'Host mounts meant to be read-only are read-only all the way down',
  rationale:
    'Before engine 25.0 and kernel 5.12 "read-only" held for the top folder alone. A disk or share mounted below it stayed writable in the container, while every listing said read-only.',
  remediation:
    'Ask for it: docker run --mount type=bind,src=/srv,dst=/srv,ro,bind-recursive=readonly … (compose: type: bind, read_only: true, bind: recursive: readonly), or mount only the folder that is needed. There is no key for it in daemon.json.',
  decidedBy:
    'Read-only host paths behind Mounts that are one of wideFolders: ReadOnlyForceRecursive and NonRecursive pass, ReadOnlyNonRecursive fails, else engine 25.0 with kernel 5.12 decides. A client of an API before 1.44 leaves no trace of asking for the old way. / and /sys follow from container-sensitive-host-mounts.',
  needs: ['containers'],
  parameters: containerParameters.extend({
    /** Folders that usually have other file systems mounted below. */
    wideFolders: z
      .array(z.string())
      .default([
        '/',
        '/var',
        '/var/lib',
        '/run',
        '/mnt',
        '/media',
        '/srv',
        '/home',
        '/sys',
        '/data',
        '/var/lib/docker',
      ]),
    /** Folders of this host that have none. */
    leafPaths: z.array(z.string()).default([]),
  }),
  sources: [
    'https://docs.docker.com/engine/storage/bind-mounts/#recursive-mounts',
    'moby/moby daemon/oci_linux.go, daemon/server/router/container/container_routes.go (ReadOnlyNonRecursive)',
  ],
  *evaluate({ snapshot, context, parameters }) {
    const wide = new Set(parameters.wideFolders.map((folder) => cleanPath(folder)));
    const leaves = parameters.leafPaths.map((folder) => cleanPath(folder));
    yield* eachContainer(snapshot, { ...parameters, severity: 'medium' }, (judged) => {
      if (context.isWindows === true) return notApplicable('Windows has no such mounts');
      return isHostFileReader(judged.container) ? undefined : judgeMounts(judged, wide, leaves, context);
    });
  },
});

import { type ContainerEntry, type EngineVolume, type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import type { JudgingContext } from '../engine/context.ts';
import { hostPathsOf, isHostFileReader } from '../engine/host-paths.ts';
import { matchesPattern } from '../engine/name-patterns.ts';
import { baseName, foldersAbove } from '../engine/paths.ts';
import { volumeSubject } from '../engine/subjects.ts';
import { type Evidence, type Judgement, type Subject, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { showsEngineSocket } from './container-docker-socket.ts';
import { weightAsSensitiveMount } from './container-sensitive-host-mounts.ts';

const Parameters = z.strictObject({
  /** Paths, names of volumes or last components of a path that are meant to be shared; `*` stands for any text. */
  sharedByDesign: z.array(z.string()).default(['/etc/localtime', '/dev/shm', 'letsencrypt', 'certs']),
  projectLabels: z.array(z.string()).default(['com.docker.compose.project', 'com.docker.stack.namespace']),
});

/** Who uses one volume or path. */
class Users {
  /** By project: whether one of its containers writes. */
  readonly projects = new Map<string, boolean>();
  readonly names = new Set<string>();
  unlabelled = 0;
  unlabelledWrites = false;
  /** Containers whose labels were not seen. */
  unseen = 0;

  /** @param project null for none, undefined where the labels were not seen */
  add(container: ContainerEntry, project: string | null | undefined, writes: boolean): void {
    if (this.names.has(container.name)) return;
    this.names.add(container.name);
    if (project === undefined) this.unseen += 1;
    else if (project === null) {
      this.unlabelled += 1;
      this.unlabelledWrites ||= writes;
    } else this.projects.set(project, (this.projects.get(project) ?? false) || writes);
  }

  join(others: Users): void {
    for (const [project, writes] of others.projects)
      this.projects.set(project, (this.projects.get(project) ?? false) || writes);
    for (const name of others.names) this.names.add(name);
    this.unlabelled += others.unlabelled;
    this.unlabelledWrites ||= others.unlabelledWrites;
    this.unseen += others.unseen;
  }
}

/** How many users are named. */
const shown = 20;

const judgeUsers = (users: Users, complete: boolean): Judgement => {
  const evidence: Evidence[] = [
    { source: 'containers that mount it', value: [...users.names].slice(0, shown) },
    { source: 'their projects', value: [...users.projects.keys()].slice(0, shown) },
  ];
  const writers = [...users.projects].filter(([, writes]) => writes).map(([project]) => project);
  if (users.projects.size > 1 && writers.length > 0)
    return fail(
      `The projects ${[...users.projects.keys()].slice(0, 5).join(', ')} share it, and ${writers.slice(0, 5).join(', ')} can write to it`,
      evidence,
    );
  if (users.unseen > 0)
    return unknown('The labels of a container that mounts it were not seen', 'An engine that reports labels', evidence);
  const others = users.unlabelled + (users.projects.size > 0 ? 1 : 0);
  if (others > 1 && (users.unlabelledWrites || writers.length > 0))
    return {
      ...unknown(
        'Containers share it of which one at least belongs to no project, and one of them can write to it',
        'A project label on each of them, or its name in the parameter sharedByDesign',
        evidence,
      ),
      severity: 'info',
    };
  if (!complete)
    return unknown('Not every container’s mounts were seen', 'A scan that can inspect every container', evidence);
  return users.names.size > 1
    ? pass(
        users.projects.size > 1 || others > 1
          ? 'It is shared, and nobody can write to it'
          : 'It is used by containers of one project only',
        evidence,
      )
    : notApplicable('It has no two users', evidence);
};

interface Uses {
  readonly byVolume: ReadonlyMap<string, Users>;
  readonly byPath: ReadonlyMap<string, Users>;
  readonly complete: boolean;
}

const usesOf = (
  snapshot: HostSnapshot,
  context: JudgingContext,
  { projectLabels, sharedByDesign }: z.infer<typeof Parameters>,
): Uses => {
  const byVolume = new Map<string, Users>();
  const byPath = new Map<string, Users>();
  const use = (map: Map<string, Users>, key: string): Users => {
    const known = map.get(key) ?? new Users();
    map.set(key, known);
    return known;
  };
  const projectOf = ({ labels }: ContainerEntry): string | null | undefined => {
    if (labels === undefined) return undefined;
    const name = projectLabels.find((label) => labels?.[label] !== undefined);
    return name === undefined ? null : `“${labels?.[name] ?? ''}”`;
  };
  const isMeant = (path: string): boolean =>
    sharedByDesign.some((pattern) => matchesPattern(path, pattern) || matchesPattern(baseName(path), pattern));
  let complete = true;
  for (const container of valueOf(snapshot.containers) ?? []) {
    if (isHostFileReader(container)) continue;
    const inspect = valueOf(container.inspect);
    const host = inspect && hostPathsOf(inspect, context);
    if (inspect === undefined || host === undefined || host.doubts.length > 0) complete = false;
    const project = projectOf(container);
    for (const { Name, Type, RW } of inspect?.Mounts ?? [])
      if (Name !== undefined && (Type === 'volume' || Type === undefined))
        use(byVolume, Name).add(container, project, RW !== false);
    for (const found of host?.paths ?? [])
      // What is sensitive by itself is the other checks' finding, whoever shares it.
      if (
        weightAsSensitiveMount(found, context) === undefined &&
        showsEngineSocket(found, snapshot, context) === 'no' &&
        !isMeant(found.path)
      )
        use(byPath, found.path).add(container, project, found.writable !== false);
  }
  return { byVolume, byPath, complete };
};

/** A path and all that is mounted above it: whoever mounts the folder has what lies in it. */
function* sharedPaths(byPath: ReadonlyMap<string, Users>): Generator<readonly [string, Users]> {
  for (const [path, users] of byPath) {
    const above = foldersAbove(path).flatMap((folder) => byPath.get(folder) ?? []);
    if (above.length === 0) {
      if (users.names.size > 1) yield [path, users];
      continue;
    }
    const together = new Users();
    for (const one of [users, ...above]) together.join(one);
    if (together.names.size > 1) yield [path, together];
  }
}

/** A bind is known by its path; no volume of the engine is called like that. */
const pathSubject = (path: string): Subject => ({ kind: 'volume', name: path, lastingName: `path:${path}` });

export default defineCheck({
  id: 'shared-writable-data',
  theme: 'daemon-attack-surface',
  severity: 'medium',
  subject: 'volume',
  title: 'Writable data is not shared by containers of different projects',
  rationale:
    'What one project writes, the other reads and perhaps runs: a break-in into the weaker one is then a break-in into both. Several flaws of runc needed nothing but two containers that share a volume.',
  remediation:
    'Give each project a volume of its own (compose: volumes without "external: true"), or mount it read-only on the reading side: docker run -v data:/data:ro …, or exchange over the network. What is meant goes into the parameter sharedByDesign. There is no key for it in daemon.json.',
  decidedBy:
    'Mounts of all containers by volume, by host path (devices of local volumes included) and by folders above it, with their project labels: two projects and at least one writer fail. Where one user has no project label it is could not tell, at info. Paths that are sensitive by themselves are left to the checks of mounts.',
  needs: ['volumes', 'containers'],
  parameters: Parameters,
  sources: ['https://docs.docker.com/engine/storage/volumes/', 'CVE-2021-30465', 'CVE-2019-19921'],
  *evaluate({ snapshot, context, parameters }) {
    const { byVolume, byPath, complete } = usesOf(snapshot, context, parameters);
    const nobody = new Users();
    const meant = (name: string): boolean => parameters.sharedByDesign.some((pattern) => matchesPattern(name, pattern));
    for (const volume of valueOf(snapshot.volumes) ?? ([] as EngineVolume[])) {
      const judgement = (): Judgement => {
        if (volume.Name === undefined)
          return unknown('The name of the volume was not seen', 'An engine that reports it');
        if (meant(volume.Name)) return notApplicable('The policy lets this volume be shared');
        return judgeUsers(byVolume.get(volume.Name) ?? nobody, complete);
      };
      yield { subject: volumeSubject(volume), ...judgement() };
    }
    for (const [path, users] of sharedPaths(byPath))
      yield { subject: pathSubject(path), ...judgeUsers(users, complete) };
  },
});

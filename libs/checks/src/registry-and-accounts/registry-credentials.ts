import { type ContainerEntry, type DockerClientFolder, type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { onlyHostFilesTell } from '../engine/daemon.ts';
import { notLookedAt } from '../engine/host-file-facts.ts';
import { isMeantBy } from '../engine/name-patterns.ts';
import { cleanPath, isAbove } from '../engine/paths.ts';
import { hostSubject } from '../engine/subjects.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';

interface Mounting {
  readonly container: ContainerEntry;
  readonly source: string;
  /** The file or its folder; else a folder above, which may or may not hold one. */
  readonly isFolder: boolean;
}

/** Containers that see the folder `.docker` of a home; undefined where mounts of one were not seen. */
const mountingsOf = (containers: readonly ContainerEntry[], home: string): Mounting[] | undefined => {
  const folder = cleanPath(`${home}/.docker`);
  const config = `${folder}/config.json`;
  const found: Mounting[] = [];
  let allSeen = true;
  for (const container of containers) {
    const mounts = valueOf(container.inspect)?.Mounts;
    if (mounts === undefined) allSeen = false;
    for (const { Type, Source } of mounts ?? []) {
      if (Type === undefined || (Type === 'bind' && Source === undefined)) allSeen = false;
      if (Source === undefined || Type === 'volume' || Type === 'tmpfs') continue;
      const source = cleanPath(Source);
      // A neighbour such as a context's folder holds no login.
      const isFolder = source === folder || source === config;
      if (isFolder || isAbove(source, folder)) found.push({ container, source, isFolder });
    }
  }
  return allSeen || found.length > 0 ? found : undefined;
};

/** Registries whose login lies in the file itself. Undefined: not seen. */
const loginsIn = (folder: DockerClientFolder | undefined): string[] | undefined => {
  if (folder?.state === 'absent') return [];
  if (folder?.state !== 'read' || folder.registries === undefined) return undefined;
  const registries = folder.registries ?? [];
  if (registries.some(({ holdsCredential }) => holdsCredential === undefined)) return undefined;
  return registries.flatMap(({ name, holdsCredential }) => (holdsCredential === true ? [name ?? 'a registry'] : []));
};

interface Wanted {
  readonly homes: readonly string[];
  readonly updaterImages: readonly string[];
}

const judgeHome = (snapshot: HostSnapshot, home: string, { updaterImages }: Wanted): Judgement => {
  const containers = valueOf(snapshot.containers) ?? [];
  const folders = valueOf(snapshot.hostFiles)?.clientFolders ?? [];
  // A folder whose home was not seen could be this one.
  const folder = folders.find((candidate) => candidate.home === home || candidate.home === undefined);
  const logins = loginsIn(folder);
  const mountings = mountingsOf(containers, home);
  const file = `${home}/.docker/config.json`;
  const telling = (mountings ?? []).filter(({ isFolder }) => (logins === undefined ? isFolder : logins.length > 0));
  const evidence: Evidence[] = [
    ...(logins === undefined ? [] : [{ source: `${file} auths`, value: logins }]),
    ...telling.map(({ container, source }) => ({ source: `Mounts of ${container.name}`, value: source })),
  ];
  if (telling.length > 0) {
    const names = telling.map(({ container }) => container.name).join(', ');
    const updates = telling.some(({ container }) => isMeantBy(updaterImages, container))
      ? '. Updaters ask for it in their manual: give them a login that may only pull'
      : '';
    return logins === undefined
      ? fail(`${names} sees ${file}, which may hold logins of registries${updates}`, evidence)
      : fail(`${names} sees the logins for ${logins.join(', ')} in ${file}${updates}`, evidence);
  }
  if (logins !== undefined && logins.length > 0)
    return fail(`${file} holds the logins for ${logins.join(', ')} in clear`, evidence, { severity: 'low' });
  if (folder?.state === 'read' && folder.proxyPassword === true)
    return fail(`${file} holds the password of a proxy`, evidence, { severity: 'low' });
  if (valueOf(snapshot.hostFiles) === undefined) return onlyHostFilesTell(`No container is seen to mount ${file}`);
  if (logins === undefined || (folder?.state === 'read' && folder.proxyPassword === undefined))
    return notLookedAt(file);
  if (mountings === undefined)
    return unknown('Not all mounts of containers were seen', 'A scan that can inspect all containers', evidence);
  return pass(`${file} holds no login itself`, evidence);
};

const order = ['fail', 'unknown', 'pass', 'not-applicable'];

export default defineCheck({
  id: 'registry-credentials',
  theme: 'registry-and-accounts',
  severity: 'high',
  subject: 'host',
  title: 'No registry login lies in clear on the host or is mounted into a container',
  rationale:
    'The file keeps name and password in base64, which is in clear. Whoever reads it can push images that this host and others will run.',
  remediation:
    'docker logout after a deployment, or a credential helper ("credsStore" in ~/.docker/config.json) and a login per host that may only pull; remove the mount (-v ~/.docker:…, compose volumes:) from containers. No daemon.json key does it.',
  decidedBy:
    'Whether an entry of auths in the file holds a login itself (never the login), and which containers mount the file or its folder. Without host files only such a mount can be told.',
  needs: ['containers'],
  sources: ['https://docs.docker.com/reference/cli/docker/login/#credential-stores'],
  parameters: z.strictObject({
    homes: z.array(z.string()).min(1).default(['/root']).describe('Home folders to look at'),
    updaterImages: z
      .array(z.string())
      .default(['*watchtower*', '*diun*', '*portainer*'])
      .describe('Images that ask for the file in their manual, `*` for any text'),
  }),
  *evaluate({ snapshot, context, parameters }) {
    const judged = parameters.homes.map((home) => judgeHome(snapshot, home, parameters));
    const worst = judged.toSorted((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome))[0];
    const judgement =
      context.isWindows === true || worst === undefined ? notApplicable('The host runs Windows') : worst;
    yield { subject: hostSubject, ...judgement };
  },
});

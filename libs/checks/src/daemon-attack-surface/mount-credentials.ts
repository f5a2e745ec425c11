import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { type JudgedContainer, containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { type HostPath, hostPathsOf, isHostFileReader } from '../engine/host-paths.ts';
import { hasImageLike } from '../engine/image-names.ts';
import { isInUserNamespace } from '../engine/user-namespaces.ts';
import { type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { type Severity, lowered, severities } from '../engine/vocabulary.ts';
import { weightAsSensitiveMount } from './container-sensitive-host-mounts.ts';
import {
  type CredentialFolder,
  type CredentialMatch,
  credentialFolders,
  credentialsIn,
  usualCriticalFolders,
  usualHighFolders,
} from './credential-folders.ts';

/** What a certificate client is there to write. */
const certificateFolders = new Set(['/etc/letsencrypt', '/etc/ssl/private', '/etc/pki/tls/private']);

interface Match extends CredentialMatch {
  readonly found: HostPath;
}

const judgeMounts = (
  { container, inspect }: JudgedContainer,
  folders: readonly CredentialFolder[],
  acmeImages: readonly string[],
  context: JudgingContext,
): Judgement => {
  const host = hostPathsOf(inspect, context);
  if (host === undefined) return fieldNotSeen('Mounts');
  const matches = host.paths.flatMap((found): Match[] => {
    const match = credentialsIn(found, folders);
    return match === undefined ? [] : [{ found, ...match }];
  });
  const isClients = (match: Match): boolean => match.itself && certificateFolders.has(match.folder);
  const isClient = matches.some(isClients) && hasImageLike(container, acmeImages);
  const weightOf = (match: Match): Severity => (isClient && isClients(match) ? 'info' : match.severity);
  const [worst] = matches.toSorted((a, b) => severities.indexOf(weightOf(a)) - severities.indexOf(weightOf(b)));
  if (worst !== undefined) {
    const remapped = isInUserNamespace(context, inspect.HostConfig) === true;
    const severity = weightOf(worst);
    // A wide folder is the other check's finding, whatever lies in it.
    const isReported = !worst.itself && weightAsSensitiveMount(worst.found, context) !== undefined;
    const where = worst.itself ? worst.found.path : `${worst.found.path}, which contains ${worst.folder},`;
    return fail(
      `${where} of the host is mounted: keys and tokens that lie there are the container's to read${severity === 'info' ? ' (a known certificate client, whose task it is)' : ''}${remapped ? ' as far as an ordinary user may' : ''}`,
      matches.slice(0, 20).map(({ found: { evidence } }) => evidence),
      {
        severity: remapped ? lowered(severity) : severity,
        ...(isReported ? { causedBy: 'container-sensitive-host-mounts' } : {}),
      },
    );
  }
  if (host.doubts.length > 0)
    return unknown(
      `Not every host path is known: ${host.doubts.slice(0, 20).join('; ')}`,
      'A scan that can list the volumes and their options; for volumes of a plugin, its documentation',
    );
  return host.paths.length === 0
    ? notApplicable('No path of the host is mounted')
    : pass(
        'No mounted host path holds credentials, as its name tells; links on the host are not followed',
        host.paths.slice(0, 20).map(({ evidence }) => evidence),
      );
};

export default defineCheck({
  id: 'mount-credentials',
  theme: 'daemon-attack-surface',
  severity: 'high',
  subject: 'container',
  title: 'No container mounts folders with cloud, cluster or key credentials',
  rationale:
    'A key that a container can read is a key that its intruder has. With the keys of root, of a cluster or of a cloud account the break-in does not end at this host.',
  remediation:
    'Take the mount away (docker run without -v /root/.ssh:…; compose: remove it from "volumes"); use the workload identity of the platform, a swarm secret, or one file with the least rights: docker run -v /etc/app/token:/run/token:ro …. There is no key for it in daemon.json. Cloud credentials can also be had from 169.254.169.254 without any mount: block that address for containers.',
  decidedBy:
    'The host paths behind Mounts, by whole components: a folder of the list, a path in it, or a folder above it; read-only or not. A step less where root in the container is not root on the host; a certificate client with its own folder is info. A wide folder follows from container-sensitive-host-mounts.',
  needs: ['containers'],
  parameters: containerParameters.extend({
    /** `*` stands for one component. */
    critical: z.array(z.string()).default([...usualCriticalFolders]),
    high: z.array(z.string()).default([...usualHighFolders]),
    /** Images whose task is to write certificates. */
    acmeImages: z.array(z.string()).default(['certbot/*', 'nginxproxy/acme-companion', 'traefik', 'caddy']),
  }),
  sources: ['https://docs.docker.com/engine/swarm/secrets/', 'https://docs.docker.com/engine/storage/bind-mounts/'],
  *evaluate({ snapshot, context, parameters }) {
    const folders = credentialFolders(parameters.critical, parameters.high);
    yield* eachContainer(snapshot, { ...parameters, severity: 'high' }, (judged) => {
      if (context.isWindows === true) return notApplicable('These folders are those of a Linux host');
      return isHostFileReader(judged.container)
        ? undefined
        : judgeMounts(judged, folders, parameters.acmeImages, context);
    });
  },
});

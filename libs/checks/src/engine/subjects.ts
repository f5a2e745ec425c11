import type { ContainerEntry, EngineNetwork, EngineVolume, HostSnapshot, ImageEntry } from '@plimsoll/snapshot';
import type { Subject } from './verdict.ts';

/** The host itself has one daemon and one endpoint: their lasting name needs no more than the kind. */
export const daemonSubject: Subject = { kind: 'daemon', name: 'Docker daemon', lastingName: 'daemon' };
export const hostSubject: Subject = { kind: 'host', name: 'host', lastingName: 'host' };
export const swarmSubject: Subject = { kind: 'swarm', name: 'swarm', lastingName: 'swarm' };
/** Stands for all containers where one answer holds for every one of them. */
export const allContainersSubject: Subject = { kind: 'container', name: 'all containers', lastingName: '*' };
export const endpointSubject = (snapshot: HostSnapshot): Subject => ({
  kind: 'endpoint',
  name: 'value' in snapshot.endpoint ? snapshot.endpoint.value.address : 'endpoint',
  lastingName: 'endpoint',
});

/** Most checks ask for it once for each container. */
const containerSubjects = new WeakMap<ContainerEntry, Subject>();

/**
 * A container outlives its redeploys as the compose service or swarm service it belongs to.
 * One-off containers of `docker compose run` are named by themselves.
 */
export const containerSubject = (container: ContainerEntry): Subject => {
  const known = containerSubjects.get(container);
  if (known !== undefined) return known;
  const subject = subjectOfContainer(container);
  containerSubjects.set(container, subject);
  return subject;
};

const subjectOfContainer = (container: ContainerEntry): Subject => {
  const labels = container.labels ?? {};
  const project = labels['com.docker.compose.project'];
  const service = labels['com.docker.compose.service'];
  const swarmService = labels['com.docker.swarm.service.name'];
  const kind = 'container';
  if (swarmService !== undefined) return { kind, name: container.name, lastingName: `service:${swarmService}` };
  if (project !== undefined && service !== undefined && labels['com.docker.compose.oneoff'] !== 'True')
    return { kind, name: container.name, lastingName: `compose:${project}/${service}` };
  return { kind, name: container.name, lastingName: container.name };
};

/** A swarm service lasts as its name. */
export const serviceSubject = (name: string): Subject => ({ kind: 'service', name, lastingName: `service:${name}` });

/** `registry/name:tag@sha256:…` without tag and digest. A port in the registry's name is no tag. */
export const repositoryOf = (reference: string): string => {
  const withoutDigest = reference.split('@', 1)[0] ?? reference;
  const colon = withoutDigest.lastIndexOf(':');
  return colon > withoutDigest.lastIndexOf('/') ? withoutDigest.slice(0, colon) : withoutDigest;
};

/** An image outlives its rebuilds as its repository; one without any name is only its digest. */
export const imageSubject = (image: ImageEntry): Subject => {
  const named = image.repoTags.filter((tag) => !tag.startsWith('<none>')).toSorted()[0];
  const digested = image.repoDigests.filter((digest) => !digest.startsWith('<none>')).toSorted()[0];
  const reference = named ?? digested;
  if (reference === undefined) {
    const short = image.id.replace(/^sha256:/, '').slice(0, 12);
    return { kind: 'image', name: short, lastingName: image.id };
  }
  return { kind: 'image', name: reference, lastingName: repositoryOf(reference) };
};

/** A network lasts as its name: its id is new at each `docker network create`. */
export const networkSubject = ({ Name, Id }: Pick<EngineNetwork, 'Name' | 'Id'>): Subject => {
  const name = Name ?? Id?.slice(0, 12) ?? 'a network without a name';
  return { kind: 'network', name, lastingName: name };
};

/** A volume lasts as its name; an anonymous one is only its number. */
export const volumeSubject = ({ Name }: Pick<EngineVolume, 'Name'>): Subject => {
  const name = Name ?? 'a volume without a name';
  return { kind: 'volume', name, lastingName: name };
};

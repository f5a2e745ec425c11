import { type ContainerInspect, type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { type HostPath, hostPathsOf } from '../engine/host-paths.ts';
import { baseName, cleanPath, foldersAbove } from '../engine/paths.ts';
import { type Judgement, fail, pass, unknown } from '../engine/verdict.ts';

const Parameters = containerParameters.extend({
  socketPaths: z
    .array(z.string())
    .default([
      '/var/run/docker.sock',
      '/run/docker.sock',
      '/run/containerd/containerd.sock',
      '/run/docker/containerd/containerd.sock',
      '/run/podman/podman.sock',
      '/run/crio/crio.sock',
      '/run/cri-dockerd.sock',
      '\\\\.\\pipe\\docker_engine',
    ]),
  /** Whatever the folder: a socket is often handed on from another place. */
  socketNames: z
    .array(z.string())
    .default(['docker.sock', 'containerd.sock', 'podman.sock', 'crio.sock', 'cri-dockerd.sock']),
});

/** Below /run/user lie the sockets of rootless engines, a tmpfs for each user. */
const rootlessSocket = /^\/run\/user\/\d+\/(?:docker|podman\/podman)\.sock$/;
const rootlessFolder = /^\/run\/user(?:\/\d+(?:\/podman)?)?$/;

interface Sockets {
  readonly paths: ReadonlySet<string>;
  readonly foldersAbove: ReadonlySet<string>;
  readonly names: ReadonlySet<string>;
}

const socketsOf = (
  snapshot: HostSnapshot,
  context: JudgingContext,
  parameters: z.infer<typeof Parameters>,
): Sockets => {
  const endpoint = valueOf(snapshot.endpoint);
  const reported = [context.info?.Containerd?.Address, endpoint?.transport === 'unix' ? endpoint.address : undefined];
  const all = [
    ...parameters.socketPaths,
    ...reported.flatMap((path) => (path ? [path.replace(/^unix:\/\//, '')] : [])),
  ];
  const paths = all.map((path) => cleanPath(path, context));
  return {
    paths: new Set(paths),
    foldersAbove: new Set(paths.flatMap(foldersAbove)),
    names: new Set(parameters.socketNames),
  };
};

type Exposure =
  | { readonly kind: 'socket' | 'folder' | 'rootless-socket' | 'rootless-folder' }
  /** The folder may hold the socket: it depends on what of the host is mounted, or linked, where. */
  | { readonly kind: 'perhaps'; readonly why: string };

const exposureOf = ({ path, recursive }: HostPath, sockets: Sockets): Exposure | undefined => {
  if (rootlessSocket.test(path)) return { kind: 'rootless-socket' };
  if (sockets.paths.has(path) || sockets.names.has(baseName(path))) return { kind: 'socket' };
  if (rootlessFolder.test(path)) {
    if (recursive || path !== '/run/user') return { kind: 'rootless-folder' };
    return { kind: 'perhaps', why: 'what is mounted below /run/user does not show in a mount that is not recursive' };
  }
  if (path === '/var')
    return { kind: 'perhaps', why: 'the socket is inside /var only where /var/run is a folder and no link to /run' };
  if (!sockets.foldersAbove.has(path)) return undefined;
  if (path === '/' && !recursive)
    return {
      kind: 'perhaps',
      why: 'a mount that is not recursive shows no /run where that is a file system of its own',
    };
  return { kind: 'folder' };
};

const usualParameters = Parameters.parse({});
const usualSockets = new WeakMap<HostSnapshot, Sockets>();

/**
 * What this check, told nothing else, makes of a mounted path: whether a socket of the engine shows in it. For checks that
 * ask what the holder of one does with it.
 */
export const showsEngineSocket = (
  found: HostPath,
  snapshot: HostSnapshot,
  context: JudgingContext,
): 'yes' | 'perhaps' | 'no' => {
  const sockets = usualSockets.get(snapshot) ?? socketsOf(snapshot, context, usualParameters);
  usualSockets.set(snapshot, sockets);
  const exposure = exposureOf(found, sockets);
  if (exposure === undefined) return 'no';
  return exposure.kind === 'perhaps' ? 'perhaps' : 'yes';
};

const judgeSockets = (inspect: ContainerInspect, sockets: Sockets, context: JudgingContext): Judgement => {
  const host = hostPathsOf(inspect, context);
  if (host === undefined) return fieldNotSeen('Mounts');
  const exposures = host.paths.flatMap((found) => {
    const exposure = exposureOf(found, sockets);
    return exposure === undefined ? [] : [{ found, ...exposure }];
  });
  const isRootless = (kind: Exposure['kind']): boolean => context.isRootless === true || kind.startsWith('rootless');
  const certain = exposures.filter(({ kind }) => kind !== 'perhaps');
  const worst = certain.find(({ kind }) => !isRootless(kind)) ?? certain[0];
  if (worst !== undefined) {
    const what = worst.kind.endsWith('socket') ? 'the socket itself' : 'a folder above it';
    const rights = isRootless(worst.kind) ? 'the user that runs the rootless engine' : 'root on the host';
    const readOnly = worst.found.writable === false ? '; read-only does not hinder it' : '';
    return fail(
      `${worst.found.path} of the host is mounted (${what}): whoever speaks to the engine is ${rights}${readOnly}`,
      certain.slice(0, 20).map(({ found }) => found.evidence),
      { severity: isRootless(worst.kind) ? 'high' : 'critical' },
    );
  }
  const [uncertain] = exposures;
  if (uncertain?.kind === 'perhaps')
    return unknown(
      `${uncertain.found.path} of the host is mounted: ${uncertain.why}`,
      'Switch on reading host files for this host',
      [uncertain.found.evidence],
    );
  if (host.doubts.length > 0)
    return unknown(
      `Not every host path is known: ${host.doubts.slice(0, 20).join('; ')}`,
      'A scan that can list the volumes and their options; for volumes of a plugin, its documentation',
    );
  return pass(
    host.paths.length === 0
      ? 'No path of the host is mounted'
      : 'No mounted host path is an engine socket or a folder above one; links on the host are not followed',
    host.paths.slice(0, 20).map(({ evidence }) => evidence),
  );
};

export default defineCheck({
  id: 'container-docker-socket',
  theme: 'daemon-attack-surface',
  severity: 'critical',
  subject: 'container',
  cis: { '1.5.0': '5.31', '1.6.0': '5.32', '1.7.0': '5.32', '1.8.0': '5.32' },
  cisLevel: 1,
  title: 'Containers can not reach the socket of the engine',
  rationale:
    'The engine does what it is told over its socket. A container that reaches it starts a second one, privileged and with the disk of the host inside, and is root there. That the mount is read-only changes nothing, for a socket is not written to but connected to.',
  remediation:
    'Take the mount of the socket, or of the folder above it, away (docker run without -v /var/run/docker.sock:…; compose: remove it from "volumes"). A tool that needs the API gets a proxy that passes only the requests it needs, on a network of their own, or a client certificate with an authorization plugin ("authorization-plugins" in daemon.json).',
  decidedBy:
    'The host paths behind Mounts: a socket of Docker, containerd, Podman or CRI-O by path or name, or a folder above one; also the socket that /info names. Less severe for the socket of a rootless engine. /var and mounts that are not recursive can not be told without host files; links on the host are not followed.',
  needs: ['containers'],
  parameters: Parameters,
  sources: [
    'CIS Docker Benchmark 1.6.0, 5.32',
    'https://docs.docker.com/engine/security/#docker-daemon-attack-surface',
    'moby/moby daemon/volume/local/local_unix.go',
    'docker/docker-bench-security#418',
  ],
  *evaluate({ snapshot, context, parameters }) {
    const sockets = socketsOf(snapshot, context, parameters);
    yield* eachContainer(snapshot, { ...parameters, severity: 'critical' }, ({ inspect }) =>
      judgeSockets(inspect, sockets, context),
    );
  },
});

import type { HostSnapshot } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { type JudgedContainer, containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { hostPathsOf, isHostFileReader } from '../engine/host-paths.ts';
import { isInUserNamespace } from '../engine/user-namespaces.ts';
import { type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { Severity, lowered, severities } from '../engine/vocabulary.ts';
import { showsEngineSocket } from './container-docker-socket.ts';
import { weightAsSensitiveMount } from './container-sensitive-host-mounts.ts';
import { type ControlSockets, controlSocketIn, controlSocketsOf, usualControlSockets } from './control-sockets.ts';

const judgeMounts = (
  { inspect }: JudgedContainer,
  sockets: ControlSockets,
  snapshot: HostSnapshot,
  context: JudgingContext,
): Judgement => {
  const host = hostPathsOf(inspect, context);
  if (host === undefined) return fieldNotSeen('Mounts');
  const matches = host.paths.flatMap((found) => {
    const match = controlSocketIn(found, sockets);
    return match === undefined ? [] : [{ found, ...match }];
  });
  // A mount of the root folder that is not recursive shows no /run where that is a file system of its own.
  const certain = matches.filter(({ found, itself }) => itself || found.recursive || found.path !== '/');
  const [worst] = certain.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  if (worst !== undefined) {
    const { found, socket, itself } = worst;
    const remapped = isInUserNamespace(context, inspect.HostConfig) === true;
    const severity = remapped ? lowered(worst.severity) : worst.severity;
    const sensitive = itself ? undefined : weightAsSensitiveMount(found, context);
    // A wide folder is what other checks report, for worse things that lie in it.
    const causedBy =
      !itself && showsEngineSocket(found, snapshot, context) === 'yes'
        ? 'container-docker-socket'
        : sensitive !== undefined && severities.indexOf(sensitive) <= severities.indexOf(worst.severity)
          ? 'container-sensitive-host-mounts'
          : undefined;
    return fail(
      `${found.path} of the host is mounted${itself ? '' : `, a folder above ${socket}`}: whoever speaks to that socket gives orders to the host; read-only does not hinder it`,
      certain.slice(0, 20).map(({ found: { evidence } }) => evidence),
      { severity, ...(causedBy === undefined ? {} : { causedBy }) },
    );
  }
  if (matches.length > 0)
    return unknown(
      'The root folder is mounted, not recursively: whether a socket shows in it depends on what is mounted where',
      'Switch on reading host files for this host',
    );
  if (host.doubts.length > 0)
    return unknown(
      `Not every host path is known: ${host.doubts.slice(0, 20).join('; ')}`,
      'A scan that can list the volumes and their options; for volumes of a plugin, its documentation',
    );
  return host.paths.length === 0
    ? notApplicable('No path of the host is mounted')
    : pass(
        'No mounted host path is a control socket of the list or a folder above one; links on the host are not followed',
        host.paths.slice(0, 20).map(({ evidence }) => evidence),
      );
};

export default defineCheck({
  id: 'host-control-socket',
  theme: 'daemon-attack-surface',
  severity: 'critical',
  subject: 'container',
  title: 'No container reaches another control socket of the host',
  rationale:
    'A builder that runs as root, systemd, libvirt or LXD do what they are told over their sockets: start programs, machines, mounts. To reach one is to be root on the host, without a word to Docker.',
  remediation:
    'Take the mount of the socket, or of the folder above it, away (docker run without -v /run/dbus:…; compose: remove it from "volumes"), and use the proxy or plugin interface of the software. There is no key for it in daemon.json.',
  decidedBy:
    'The host paths behind Mounts: a socket of the list, or of info.NRI, a path in its folder, or a folder above it. Read-only or not. A step less where root in the container is not root on the host. Where a folder above is mounted that container-docker-socket or container-sensitive-host-mounts reports as much, that is the cause.',
  needs: ['containers'],
  parameters: containerParameters.extend({
    /** Sockets, and folders of such, with the weight of reaching them. */
    sockets: z.record(z.string(), Severity).default({ ...usualControlSockets }),
  }),
  sources: [
    'containerd docs/ops.md',
    'https://docs.docker.com/engine/security/',
    'moby/moby api/swagger.yaml (SystemInfo.NRI)',
  ],
  *evaluate({ snapshot, context, parameters }) {
    const sockets = controlSocketsOf(parameters.sockets, context);
    yield* eachContainer(snapshot, { ...parameters, severity: 'critical' }, (judged) => {
      if (context.isWindows === true) return notApplicable('These sockets are those of a Linux host');
      return isHostFileReader(judged.container) ? undefined : judgeMounts(judged, sockets, snapshot, context);
    });
  },
});

import { type EngineVolume, type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import type { JudgingContext } from '../engine/context.ts';
import { type HostPath, pathsOfLocalVolume } from '../engine/host-paths.ts';
import { oncePerSnapshot } from '../engine/once-per-snapshot.ts';
import { cleanPath, isWithin } from '../engine/paths.ts';
import { volumeSubject } from '../engine/subjects.ts';
import { type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { type Severity, lowered, severities } from '../engine/vocabulary.ts';
import { showsEngineSocket } from './container-docker-socket.ts';
import { weightAsSensitiveMount } from './container-sensitive-host-mounts.ts';
import { type ControlSockets, controlSocketIn, controlSocketsOf, usualControlSockets } from './control-sockets.ts';
import {
  type CredentialFolder,
  credentialFolders,
  credentialsIn,
  usualCriticalFolders,
  usualHighFolders,
} from './credential-folders.ts';

/** Names of volumes that a container mounts, and whether the mounts of every container were seen. */
const volumeUsers = oncePerSnapshot((snapshot: HostSnapshot) => {
  const names = new Set<string>();
  let complete = valueOf(snapshot.containers) !== undefined;
  for (const { inspect } of valueOf(snapshot.containers) ?? []) {
    const mounts = valueOf(inspect)?.Mounts;
    if (mounts === undefined) complete = false;
    for (const { Name } of mounts ?? []) if (Name !== undefined) names.add(Name);
  }
  return { names, complete };
});

interface Tables {
  readonly sockets: ControlSockets;
  readonly credentials: readonly CredentialFolder[];
}

interface Hidden {
  readonly severity: Severity;
  readonly what: string;
  /** The check that reports it at each container that mounts the volume. */
  readonly reportedBy: string | undefined;
}

/** What checks of mounts would make of the path, the worst of them. */
const weigh = (
  found: HostPath,
  { sockets, credentials }: Tables,
  snapshot: HostSnapshot,
  context: JudgingContext,
): Hidden | undefined => {
  const sensitive = weightAsSensitiveMount(found, context);
  // What merely lies in a wide folder is not worse than the folder.
  const own = <T extends { readonly itself: boolean }>(match: T | undefined): T | undefined =>
    match !== undefined && (match.itself || sensitive === undefined) ? match : undefined;
  const control = own(controlSocketIn(found, sockets));
  const credential = own(credentialsIn(found, credentials));
  const candidates: Hidden[] = [
    ...(showsEngineSocket(found, snapshot, context) === 'yes'
      ? [
          {
            severity: 'critical' as const,
            what: 'the socket of the engine, or a folder above it',
            reportedBy: 'container-docker-socket',
          },
        ]
      : []),
    ...(sensitive === undefined
      ? []
      : [{ severity: sensitive, what: 'a sensitive folder', reportedBy: 'container-sensitive-host-mounts' }]),
    ...(control === undefined
      ? []
      : [
          {
            severity: control.severity,
            what: `the control socket ${control.socket}`,
            reportedBy: 'host-control-socket',
          },
        ]),
    ...(credential === undefined
      ? []
      : [
          {
            severity: credential.severity,
            what: `credentials (${credential.folder})`,
            reportedBy: 'mount-credentials',
          },
        ]),
  ];
  return candidates.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity))[0];
};

const judgeVolume = (
  volume: EngineVolume,
  tables: Tables,
  snapshot: HostSnapshot,
  context: JudgingContext,
): Judgement => {
  const { Driver, Options, Name = '' } = volume;
  if (Options === undefined || Driver === undefined)
    return unknown('The driver or the options of the volume were not seen', 'An engine that reports both');
  if (Options === null || Object.keys(Options).length === 0) return notApplicable('The volume has no options');
  if (Driver !== 'local')
    return unknown(`The options of the driver ${Driver} are free text`, 'The documentation of the driver');
  const source = `volumes[${JSON.stringify(Name)}].Options`;
  const device = Options['device'];
  const paths = pathsOfLocalVolume(Options, source, context).map((found): HostPath => ({
    ...found,
    destination: undefined,
    readOnlyBelow: undefined,
  }));
  const { names, complete } = volumeUsers(snapshot);
  const used = names.has(Name);
  const remark = used ? '' : '; no container uses it at present';
  const weight = (severity: Severity): Severity => (used || !complete ? severity : lowered(severity));
  const isDisk =
    paths.length === 0 && device !== undefined && device.startsWith('/') && isWithin(cleanPath(device), '/dev');
  if (isDisk)
    return fail(
      `The volume mounts ${device}, a block device of the host, past what the host itself does with it${remark}`,
      [{ source: `${source}.device`, value: device }],
      { severity: weight('high') },
    );
  const hidden = paths.flatMap((found) => {
    const match = weigh(found, tables, snapshot, context);
    return match === undefined ? [] : [{ found, ...match }];
  });
  const [worst] = hidden.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  if (worst !== undefined)
    return fail(
      `The volume is ${worst.found.path} of the host in disguise: ${worst.what}${remark}`,
      hidden.slice(0, 20).map(({ found: { evidence } }) => evidence),
      {
        severity: weight(worst.severity),
        // Where a container mounts it, that is where it is reported.
        ...(used && worst.reportedBy !== undefined ? { causedBy: worst.reportedBy } : {}),
      },
    );
  return paths.length === 0
    ? pass('The options of the volume bind no path of the host', [
        { source: `${source}.type`, value: Options['type'] ?? null },
      ])
    : pass(
        'The path that the volume binds is not sensitive, as its name tells; links on the host are not followed',
        paths.slice(0, 20).map(({ evidence }) => evidence),
      );
};

export default defineCheck({
  id: 'volume-hidden-bind',
  theme: 'daemon-attack-surface',
  severity: 'high',
  subject: 'volume',
  title: 'No volume hides a bind of a sensitive host path',
  rationale:
    'A volume with bind options looks like any other in the record of a container, and survives it: whoever mounts it next, by its harmless name, has the folder of the host behind it.',
  remediation:
    'docker volume rm NAME, and declare the bind openly where it is needed, so that it is seen: docker run -v /srv/data:/data … (compose: remove driver_opts from "volumes"). There is no key for it in daemon.json.',
  decidedBy:
    'Volumes[].Options of the local driver: device with bind or rbind in o, or the layers of an overlay, judged as the checks of mounts judge a path; a device below /dev is high. One step less while no container uses the volume; where one does, the check that reports it there is the cause.',
  needs: ['volumes'],
  parameters: z.strictObject({}),
  sources: [
    'https://docs.docker.com/reference/cli/docker/volume/create/',
    'moby/moby daemon/volume/local/local_unix.go',
    'moby/moby api/swagger.yaml (Volume.Options)',
  ],
  *evaluate({ snapshot, context }) {
    const tables: Tables = {
      sockets: controlSocketsOf(usualControlSockets, context),
      credentials: credentialFolders(usualCriticalFolders, usualHighFolders),
    };
    for (const volume of valueOf(snapshot.volumes) ?? [])
      yield {
        subject: volumeSubject(volume),
        ...(context.isWindows === true
          ? notApplicable('Volumes of Windows engines have no such options')
          : judgeVolume(volume, tables, snapshot, context)),
      };
  },
});

import { type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { configuredOptionOf } from '../engine/configured-option.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { type DefaultUlimit, defaultUlimitsOption, readDefaultUlimits } from '../engine/default-ulimits.ts';
import { isMeantBy } from '../engine/name-patterns.ts';
import { fail, notApplicable, pass, unknown } from '../engine/verdict.ts';

const defaultMaxima = { nofile: 1_048_576, nproc: 65_536, core: 0, memlock: 67_108_864, rtprio: 0, nice: 0 };
/** Podman shows these of every container, from its own configuration. */
const podmanDefaults = new Set(['RLIMIT_NOFILE', 'RLIMIT_NPROC']);

export default defineCheck({
  id: 'container-ulimit-overrides',
  theme: 'control-groups',
  severity: 'info',
  subject: 'container',
  cis: { '1.5.0': '5.18', '1.6.0': '5.19', '1.7.0': '5.19', '1.8.0': '5.19' },
  cisLevel: 1,
  title: 'Default ulimits are overridden only where there is a need',
  rationale:
    'Ulimits keep a process from taking all file handles, processes or locked memory. An override that is larger than needed takes that guard away for one container without anybody noticing.',
  remediation:
    'Create the container again without --ulimit (compose: ulimits) and set the values once for the host, in daemon.json: "default-ulimits": {"nofile": {"Name": "nofile", "Soft": 1024, "Hard": 65536}}. For one container with a reason: docker run --ulimit nofile=1024:65536 …, named in the parameter allowedOverrides.',
  decidedBy:
    "HostConfig.Ulimits: none passes, one above maxima or without limit fails. The engine mixes the daemon's defaults in: an entry that is one of them (option default-ulimit of docker.service and daemon.json) is no override. Whether there is a need for any other is for a person to say, in allowedOverrides.",
  needs: ['containers'],
  parameters: containerParameters.extend({
    /** The most that any container may ask for, by name of the ulimit. */
    maxima: z.record(z.string(), z.number().min(0)).default(defaultMaxima),
    /** Names of ulimits by pattern of container names, services or images. */
    allowedOverrides: z.record(z.string(), z.array(z.string())).default({}),
  }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 5.19',
    'moby/moby daemon/inspect.go (getInspectData), daemon/oci_linux.go (withRlimits)',
    'https://docs.docker.com/reference/cli/dockerd/#default-ulimits',
  ],
  *evaluate({ snapshot, context, parameters }) {
    const maxima = new Map(Object.entries(parameters.maxima));
    const overrides = Object.entries(parameters.allowedOverrides);
    const defaults = defaultsOf(snapshot, context);
    yield* eachContainer(snapshot, { ...parameters, severity: 'info' }, ({ container, inspect }) => {
      if (context.isWindows === true) return notApplicable('Windows containers have no ulimits');
      const ulimits = inspect.HostConfig?.Ulimits;
      if (ulimits === undefined) return fieldNotSeen('HostConfig.Ulimits');
      const allowed = new Set(
        overrides.flatMap(([pattern, names]) => (isMeantBy([pattern], container) ? names.map(ulimitName) : [])),
      );
      const excessive: string[] = [];
      const possible: string[] = [];
      for (const { Name, Soft, Hard } of ulimits ?? []) {
        if (Name === undefined || Soft === undefined || Hard === undefined)
          return fieldNotSeen('An entry of HostConfig.Ulimits');
        if (context.isPodman === true && podmanDefaults.has(Name)) continue;
        const name = ulimitName(Name);
        if (allowed.has(name)) continue;
        const byDefault = defaults?.get(name);
        if (byDefault?.soft === Soft && byDefault.hard === Hard) continue;
        const described = `${name}=${Soft}:${Hard}`;
        const maximum = maxima.get(name) ?? Number.POSITIVE_INFINITY;
        // Below 0, that is -1, means no limit.
        const exceeds = [Soft, Hard].some((value) => value < 0 || value > maximum);
        (exceeds ? excessive : possible).push(described);
      }
      const evidence = [{ source: 'HostConfig.Ulimits', value: [...excessive, ...possible] }];
      if (excessive.length > 0)
        return fail(`The container runs with ulimits beyond the maxima: ${excessive.join(', ')}`, evidence);
      if (possible.length > 0)
        return defaults === undefined
          ? unknown(
              `Whether the container overrides ${possible.join(', ')} can not be told: the engine mixes in its own defaults`,
              'Switch on reading host files for this host',
              evidence,
            )
          : unknown(
              `The container overrides ${possible.join(', ')}, within the maxima; whether there is a need is for a person to say`,
              'The names of the ulimits in the parameter allowedOverrides',
              evidence,
            );
      return pass('The container overrides no ulimit that needs a reason', evidence);
    });
  },
});

/** Undefined where the host's files do not show them. */
const defaultsOf = (
  snapshot: HostSnapshot,
  context: JudgingContext,
): ReadonlyMap<string, DefaultUlimit> | undefined => {
  const facts = valueOf(snapshot.hostFiles);
  if (facts === undefined || context.isPodman === true) return undefined;
  const configured = configuredOptionOf(facts, context, defaultUlimitsOption);
  if (configured.state === 'unseen') return undefined;
  return readDefaultUlimits(configured.state === 'set' ? configured.values : []);
};

/** Podman writes `RLIMIT_NOFILE` where Docker writes `nofile`. */
const ulimitName = (name: string): string => name.replace(/^RLIMIT_/i, '').toLowerCase();

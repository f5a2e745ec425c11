import type { EngineInfo } from '@plimsoll/snapshot';
import type { JudgingContext } from './context.ts';
import { daemonSubject } from './subjects.ts';
import { type Judgement, type Verdict, notApplicable, unknown } from './verdict.ts';

export interface AboutDaemonOptions {
  /** Why the question makes no sense on these engines; left out where it does. */
  readonly notOnPodman?: string;
  readonly notOnWindows?: string;
}

/** One verdict about the daemon, from what `/info` told; `needs` of the check holds `info`. */
export function* aboutDaemon(
  context: JudgingContext,
  { notOnPodman, notOnWindows }: AboutDaemonOptions,
  judge: (info: EngineInfo) => Judgement,
): Generator<Verdict> {
  if (context.isPodman === true && notOnPodman !== undefined)
    yield { subject: daemonSubject, ...notApplicable(notOnPodman) };
  else if (context.isWindows === true && notOnWindows !== undefined)
    yield { subject: daemonSubject, ...notApplicable(notOnWindows) };
  else yield { subject: daemonSubject, ...(context.info === undefined ? infoNotSeen('/info') : judge(context.info)) };
}

/** The answer where a field of `/info` or `/version` was absent or of a wrong type. */
export const infoNotSeen = (field: string): Judgement =>
  unknown(
    `${field} is absent from what the engine told, or of an unexpected type`,
    'An engine that reports this field',
  );

/** The answer where only a file of the host names the daemon's option. */
export const onlyHostFilesTell = (reason: string, evidence: Judgement['evidence'] = []): Judgement =>
  unknown(reason, 'Switch on reading host files for this host', evidence);

export interface SecurityOption {
  readonly name: string;
  /** Of seccomp: `builtin`, `default`, `unconfined` or the path of a profile. */
  readonly profile: string | undefined;
}

/**
 * `SecurityOptions` of `/info`, taken apart: `name=seccomp,profile=builtin`, `name=rootless`; before API 1.25 the bare
 * name. The engine's `null` is Go's empty list. Undefined where the field was not seen.
 */
export const securityOptionsOf = (info: EngineInfo): SecurityOption[] | undefined =>
  info.SecurityOptions === undefined ? undefined : (info.SecurityOptions ?? []).map(readSecurityOption);

const profileKey = ',profile=';

const readSecurityOption = (option: string): SecurityOption => {
  const bare = option.startsWith('name=') ? option.slice('name='.length) : option;
  // A profile's path may hold commas, so it reaches to the end.
  const at = bare.indexOf(profileKey);
  return {
    name: bare.split(',', 1)[0] ?? '',
    profile: at < 0 ? undefined : bare.slice(at + profileKey.length),
  };
};

/** `SecurityOptions` as evidence. */
export const securityOptionsEvidence = (info: EngineInfo) =>
  [{ source: 'info.SecurityOptions', value: info.SecurityOptions ?? null }] as const;

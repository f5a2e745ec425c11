import type { ContainerInspect } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defaultCapabilities, effectiveCapabilities, linuxCapabilities } from '../engine/capabilities.ts';
import { isRootUser } from '../engine/container-user.ts';
import { type JudgedContainer, containerParameters, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { explanationFor } from '../engine/image-names.ts';
import { hasNoNewPrivileges } from '../engine/no-new-privileges.ts';
import { defaultSandboxRuntimes, sandboxOf } from '../engine/sandbox-runtimes.ts';
import { isInUserNamespace } from '../engine/user-namespaces.ts';
import { type Evidence, type Judgement, fail, notApplicable } from '../engine/verdict.ts';
import { type Severity, lowered } from '../engine/vocabulary.ts';

/** So many capabilities are as good as all of them; `cap-all` can be told to begin earlier, never later. */
export const nearlyAll = 30;

/** What a capability check takes: why images of these patterns hold what they hold, shown with a failure. */
export const capabilityParameters = (explainedImages: Readonly<Record<string, string>>) =>
  containerParameters.extend({ explainedImages: z.record(z.string(), z.string()).default({ ...explainedImages }) });

const onWindows = notApplicable('Windows containers have no Linux capabilities');
/** Nothing that is left to find in a privileged container is news. */
export const followsFromPrivileged: Judgement = {
  ...notApplicable('Follows from container-privileged: a privileged container may do this and everything else', [
    { source: 'HostConfig.Privileged', value: true },
  ]),
  causedBy: 'container-privileged',
};
const followsFromAll: Judgement = {
  ...notApplicable('Follows from cap-all: the container holds nearly every capability'),
  causedBy: 'cap-all',
};

/** How many of the capabilities that Linux knows are in the set. */
export const countKnown = (names: ReadonlySet<string>): number =>
  names.size < nearlyAll ? names.size : linuxCapabilities.filter((name) => names.has(name)).length;

/**
 * Hands the effective capabilities of a container to a judgement: not those of a privileged one, nor, unless asked, of one
 * that holds nearly all of them, so that one cause is told once.
 */
export const judgeCapabilities = (
  context: JudgingContext,
  { inspect }: JudgedContainer,
  judge: (names: ReadonlySet<string>) => Judgement,
  { alsoNearlyAll = false }: { readonly alsoNearlyAll?: boolean } = {},
): Judgement => {
  if (context.isWindows === true) return onWindows;
  const hostConfig = inspect.HostConfig;
  if (hostConfig?.Privileged === true) return followsFromPrivileged;
  const effective = effectiveCapabilities(hostConfig);
  if (effective === undefined) return fieldNotSeen('One of HostConfig.Privileged, CapAdd and CapDrop');
  const quiet = !alsoNearlyAll && effective.names.size >= nearlyAll && countKnown(effective.names) >= nearlyAll;
  return quiet ? followsFromAll : judge(effective.names);
};

const shownLists = new WeakMap<ContainerInspect, readonly Evidence[]>();

/** What was added and dropped; a dozen checks show the same. */
export const capabilityEvidence = ({ inspect }: JudgedContainer): readonly Evidence[] => {
  const known = shownLists.get(inspect) ?? [
    { source: 'HostConfig.CapAdd', value: inspect.HostConfig?.CapAdd ?? null },
    { source: 'HostConfig.CapDrop', value: inspect.HostConfig?.CapDrop ?? null },
  ];
  shownLists.set(inspect, known);
  return known;
};

/** How much less a right of the container weighs because of where and as whom it is held, and why, in words. */
export const mitigated = (
  context: JudgingContext,
  { inspect: { HostConfig: hostConfig, Config: config } }: JudgedContainer,
  severity: Severity,
): { readonly severity: Severity; readonly because: string } => {
  let mild = severity;
  const reasons: string[] = [];
  if (isInUserNamespace(context, hostConfig) === true) {
    mild = lowered(lowered(mild));
    reasons.push('it holds inside a user namespace only');
  }
  if (isRootUser(config?.User) === false && hasNoNewPrivileges(context, hostConfig) === true) {
    mild = lowered(mild);
    reasons.push('a user other than root can not make use of it under no-new-privileges');
  }
  const sandbox = sandboxOf(context, hostConfig, defaultSandboxRuntimes);
  if (sandbox !== undefined) {
    mild = lowered(mild);
    reasons.push(`the runtime ${sandbox} puts a kernel or namespace of its own in between`);
  }
  return { severity: mild, because: reasons.length > 0 ? ` (${reasons.join(', and ')})` : '' };
};

export interface Holding {
  /** What the container holds and what it can do with it: a whole sentence without its full stop. */
  readonly reason: string;
  readonly severity: Severity;
  readonly explainedImages: Readonly<Record<string, string>>;
  readonly evidence?: readonly Evidence[];
  /** The check that reports the same right already; null for none. */
  readonly causedBy: string | null;
}

/** The failure of a container that holds more than it should, weighed by where and as whom. */
export const failHolding = (context: JudgingContext, judged: JudgedContainer, holding: Holding): Judgement => {
  const { severity, because } = mitigated(context, judged, holding.severity);
  return fail(
    `${holding.reason}${because}${explanationFor(holding.explainedImages, judged.container)}`,
    [...capabilityEvidence(judged), ...(holding.evidence ?? [])],
    { severity, ...(holding.causedBy === null ? {} : { causedBy: holding.causedBy }) },
  );
};

const byDefault: ReadonlySet<string> = new Set(defaultCapabilities);
/** `container-capabilities` lists whatever goes beyond the default set, in one finding, at no less weight. */
export const causeOfHolding = (names: readonly string[]): string | null =>
  names.every((name) => !byDefault.has(name)) ? 'container-capabilities' : null;

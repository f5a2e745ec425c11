import type { ContainerEntry, HostConfig } from '@plimsoll/snapshot';
import type { JudgingContext } from '../engine/context.ts';
import { fieldNotSeen } from '../engine/containers.ts';
import { namespaceOrigin } from '../engine/joined-namespaces.ts';
import { type Judgement, fail, unknown } from '../engine/verdict.ts';
import type { Severity } from '../engine/vocabulary.ts';

export interface NamespaceQuestion {
  /** The engine's field, e.g. `HostConfig.PidMode`. */
  readonly field: string;
  /** In words: `process`, `network`, `IPC`. */
  readonly namespace: string;
  readonly modeOf: (hostConfig: HostConfig, container: ContainerEntry) => string | undefined;
  readonly maxChain: number;
  /** What it means to share the host's: the end of the sentence, and how much it weighs. */
  readonly ifShared: { readonly consequence: string; readonly severity: Severity };
  /** The judgement on a mode that is neither the host's nor another container's. */
  readonly ifOther: (mode: string, evidence: Judgement['evidence']) => Judgement;
}

/** Judges whether a container's namespace is the host's, directly or by way of the containers it is joined to. */
export const judgeHostNamespace = (
  context: JudgingContext,
  container: ContainerEntry,
  hostConfig: HostConfig | undefined,
  { field, namespace, modeOf, maxChain, ifShared, ifOther }: NamespaceQuestion,
): Judgement => {
  const mode = hostConfig && modeOf(hostConfig, container);
  if (mode === undefined) return fieldNotSeen(field);
  const origin = namespaceOrigin(context, container, modeOf, maxChain);
  const evidence = [
    { source: field, value: mode },
    ...(origin.chain.length > 1 ? [{ source: `${field} of each container joined`, value: origin.chain }] : []),
  ];
  if (origin.kind === 'not-traced')
    return unknown(
      `Whose ${namespace} namespace the container uses can not be told: ${origin.why}`,
      'A scan in which every container of the chain can be inspected; on a namespace file, a look at the host',
      evidence,
    );
  if (origin.kind === 'other') return ifOther(origin.mode, evidence);
  const where = origin.chain.length > 1 ? `, joined by way of ${origin.chain.slice(1).join(' → ')}` : '';
  return fail(
    `The container shares the ${namespace} namespace of the host${where}: ${ifShared.consequence}`,
    evidence,
    {
      severity: ifShared.severity,
    },
  );
};

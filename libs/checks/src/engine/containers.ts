import {
  type ContainerEntry,
  type ContainerInspect,
  type HostSnapshot,
  type Missing,
  isMissing,
} from '@plimsoll/snapshot';
import { z } from 'zod';
import { oncePerSnapshot } from './once-per-snapshot.ts';
import { containerSubject } from './subjects.ts';
import { type Judgement, type Subject, type Verdict, unknown } from './verdict.ts';
import { type Severity, lowered } from './vocabulary.ts';

/** How containers that are not up count: one step lower, the same, or not at all. */
export const StoppedContainers = z.enum(['lower', 'same', 'skip']).default('lower');
export const containerParameters = z.strictObject({ stoppedContainers: StoppedContainers });

/** running, paused and restarting containers are up; created, exited and dead ones are not. */
export const isUp = (container: ContainerEntry): boolean | undefined => {
  const state = (
    ('value' in container.inspect ? container.inspect.value.State?.Status : undefined) ?? container.state
  )?.toLowerCase();
  if (state === undefined) return undefined;
  return ['running', 'paused', 'restarting'].includes(state);
};

const isRemoving = (container: ContainerEntry): boolean => container.state?.toLowerCase() === 'removing';

export interface JudgedContainer {
  readonly container: ContainerEntry;
  readonly inspect: ContainerInspect;
  readonly up: boolean;
}

export interface EachContainerOptions {
  readonly stoppedContainers: z.infer<typeof StoppedContainers>;
  readonly severity: Severity;
  /** False where the question is about what has happened already, and not about what a start would bring. Default true. */
  readonly aboutStart?: boolean;
}

interface Candidate {
  readonly subject: Subject;
  readonly up: boolean;
  /** What checks are given; a missing inspect as the verdict that stands for all of them. */
  readonly judged: JudgedContainer | Verdict;
}

/** Every container that is not being removed; dozens of checks go through the same list. */
const candidatesOf = oncePerSnapshot((snapshot: HostSnapshot): readonly Candidate[] => {
  if (isMissing(snapshot.containers)) return [];
  return snapshot.containers.value
    .filter((container) => !isRemoving(container))
    .map((container): Candidate => {
      const up = isUp(container) ?? true; // not seen: judged as if it ran, the stricter reading
      const subject = containerSubject(container);
      const { inspect } = container;
      return {
        subject,
        up,
        judged: isMissing(inspect) ? notInspected(subject, inspect) : { container, inspect: inspect.value, up },
      };
    });
});

const notInspected = (subject: Subject, { missing, detail }: Missing): Verdict => ({
  subject,
  ...unknown(`The container could not be inspected (${missing}): ${detail}`, 'A scan that can inspect this container'),
});

/**
 * Judges every container that is not being removed. An inspect that is missing makes it `unknown`; a failure of a
 * container that is not up weighs one step less and says that it is about what would happen at its start.
 */
export function* eachContainer(
  snapshot: HostSnapshot,
  options: EachContainerOptions,
  judge: (judged: JudgedContainer) => Judgement | undefined,
): Generator<Verdict> {
  for (const { subject, up, judged } of candidatesOf(snapshot)) {
    if (!up && options.stoppedContainers === 'skip') continue;
    if ('outcome' in judged) {
      yield judged;
      continue;
    }
    const judgement = judge(judged);
    if (judgement === undefined) continue;
    const asIs = up || judgement.outcome !== 'fail' || options.aboutStart === false;
    yield withSubject(asIs ? judgement : asStopped(judgement, options), subject);
  }
}

/** Most judgements are three fields long: those are copied field by field, which takes a fraction of a spread. */
const withSubject = (judgement: Judgement, subject: Subject): Verdict => {
  if (judgement.outcome === 'pass') {
    const { outcome, reason, evidence } = judgement;
    return { subject, outcome, reason, evidence };
  }
  // The spread first: engines copy the shape of an object at once only where a literal begins with it.
  return { ...judgement, subject };
};

const asStopped = (judgement: Judgement, { severity, stoppedContainers }: EachContainerOptions): Judgement => ({
  ...judgement,
  reason: `If it were started: ${judgement.reason}`,
  severity: stoppedContainers === 'lower' ? lowered(judgement.severity ?? severity) : (judgement.severity ?? severity),
});

/** The answer where a field of a container was absent or of a wrong type. */
export const fieldNotSeen = (field: string): Judgement =>
  unknown(`${field} is absent from the inspect answer, or of an unexpected type`, 'An engine that reports this field');

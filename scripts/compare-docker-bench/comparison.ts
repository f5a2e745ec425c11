import type { Outcome } from '@plimsoll/checks';
import type { DockerBenchResult, DockerBenchVerdict } from './docker-bench.ts';
import type { Scanned } from './scanned.ts';

/** What one check of ours says of the whole host. */
export interface OurAnswer {
  /** The weightiest outcome: one failure fails, and what was not seen stands above what was. */
  readonly outcome: Outcome;
  /** The things with that outcome; empty where the check is about the host, its daemon or its endpoint. */
  readonly names: readonly string[];
  /** Of the first of them. */
  readonly reason: string;
}

/** Why ours is right where the two differ. It holds for these two answers and no others. */
export interface Reason {
  readonly dockerBench: DockerBenchVerdict;
  readonly ours: Outcome;
  readonly why: string;
}

export interface Row {
  readonly cis: string;
  readonly check: string;
  readonly title: string;
  readonly dockerBench: DockerBenchResult;
  readonly ours: OurAnswer;
  /** Undefined: the same verdict. */
  readonly reason: string | undefined;
}

/** Named things of which there may be many; others stand for the whole host. */
const namedKinds: ReadonlySet<string> = new Set(['container', 'image', 'network', 'volume', 'service', 'node']);
const byWeight: readonly Outcome[] = ['fail', 'unknown', 'pass', 'not-applicable'];

/** A task is made anew with another id; what stays is its service and number. */
const lastingNames = (names: readonly string[], imageTags: readonly (readonly string[])[]): string[] => {
  const firstTag = new Map(imageTags.flatMap((tags) => tags.map((tag) => [tag, tags.toSorted()[0] ?? tag] as const)));
  return [
    ...new Set(names.map((name) => firstTag.get(name) ?? name.replace(/^(.+\.\d+)\.[a-z0-9]{25}$/, '$1'))),
  ].toSorted();
};

export const ourAnswer = (
  check: string,
  { results, imageTags }: Pick<Scanned, 'results' | 'imageTags'>,
): OurAnswer | undefined => {
  const own = results.filter((result) => result.check === check);
  const outcome = byWeight.find((candidate) => own.some((result) => result.outcome === candidate));
  if (outcome === undefined) return undefined;
  const decisive = own.filter((result) => result.outcome === outcome);
  // Where nothing applies, one result stands for all things of its kind.
  const named = outcome === 'not-applicable' ? [] : decisive.filter(({ subject }) => namedKinds.has(subject.kind));
  const names = named.map(({ subject }) => subject.name);
  return { outcome, names: lastingNames(names, imageTags), reason: decisive[0]?.reason ?? '' };
};

/** The names of docker-bench-security's answer, written as ours are. */
export const withLastingNames = (result: DockerBenchResult, imageTags: Scanned['imageTags']): DockerBenchResult => ({
  ...result,
  names: lastingNames(result.names, imageTags),
});

const sameNames = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name, at) => name === b[at]);

/**
 * Whether both say the same: a warning is a failure of the same things, PASS is nothing to object to, INFO and NOTE
 * without names leave the question open. INFO that names things points at them as a warning does.
 */
export const agree = ({ verdict, names }: DockerBenchResult, ours: OurAnswer): boolean => {
  if (verdict === 'PASS') return ours.outcome === 'pass' || ours.outcome === 'not-applicable';
  const bothName = names.length > 0 && ours.names.length > 0;
  if (verdict === 'WARN' || bothName) return ours.outcome === 'fail' && (!bothName || sameNames(names, ours.names));
  return ours.outcome === 'unknown' || ours.outcome === 'not-applicable';
};

/** The names that only one of two answers has. */
export const difference = (a: readonly string[], b: readonly string[]): string[] =>
  a.filter((name) => !b.includes(name));

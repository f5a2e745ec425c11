import type { Outcome } from '@plimsoll/checks';

/**
 * What one check says of a host: outcomes with the names of their subjects, e.g. `pass good open | fail host`.
 * Short names: `daemon`, `host`, `swarm`, `endpoint`, `all-containers` and the like for the whole of a kind, `app` and
 * `root` for the two images; `all` stands for all four containers, `up` for the three that run.
 */
export type Row = string | { readonly why: string; readonly anyOf: readonly string[] };

/** Rows by check id. What needs host files is left out: it can not be told anywhere without them, see `compare.ts`. */
export type ExpectedResults = Readonly<Record<string, Row>>;

/** No verdict at all: there is no thing of the kind. */
export const nothing: Row = '';

/** For what depends on the machine and not on the engine: one of these, and why. */
export const depends = (why: string, ...anyOf: string[]): Row => ({ why, anyOf });

const groups: Readonly<Record<string, readonly string[]>> = {
  all: ['good', 'open', 'host', 'privileged'],
  up: ['good', 'open', 'host'],
};

/** Subjects and outcomes in one order, so that two rows can be compared as texts. */
export const normalized = (row: string): string => {
  const namesByOutcome = new Map<string, string[]>();
  for (const clause of row
    .split('|')
    .map((one) => one.trim())
    .filter((one) => one !== '')) {
    const [outcome = '', ...names] = clause.split(' ');
    const known = namesByOutcome.get(outcome) ?? [];
    namesByOutcome.set(outcome, [
      ...known,
      ...names.flatMap((name) => (outcomeOrder.includes(outcome) ? (groups[name] ?? [name]) : [name])),
    ]);
  }
  return toRow(namesByOutcome);
};

const outcomeOrder: readonly string[] = ['pass', 'fail', 'unknown', 'not-applicable'] satisfies readonly Outcome[];

/** The text of a row. */
export const toRow = (namesByOutcome: ReadonlyMap<string, readonly string[]>): string =>
  outcomeOrder
    .filter((outcome) => namesByOutcome.has(outcome))
    .map((outcome) => `${outcome} ${(namesByOutcome.get(outcome) ?? []).toSorted().join(' ')}`)
    .join(' | ');

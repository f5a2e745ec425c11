import { catalogue, type Check, type CheckResult, judge, type Subject } from '@plimsoll/checks';
import type { HostSnapshot } from '@plimsoll/snapshot';
import { appImage, rootImage } from './population.ts';
import { type ExpectedResults, normalized, toRow } from './expected/row.ts';

/** Every check there is. */
export const everyCheck: readonly Check[] = [...new Map(catalogue.map((check) => [check.id, check])).values()];

const imageNames: ReadonlyMap<string, string> = new Map([
  [appImage, 'app'],
  [rootImage, 'root'],
  [`docker.io/library/${rootImage}`, 'root'], // as Podman calls it
]);

/** As the tables call a thing: short, and without what differs from run to run. */
const shortNameOf = (id: string, { kind, name, lastingName }: Subject): string => {
  // One subject for each of dozens of known flaws, whose table is another test's matter.
  if (id === 'known-vulnerability') return 'records';
  if (kind === 'daemon' || kind === 'endpoint') return kind;
  // A task has a new name each time: it is called after its service.
  if (kind === 'container' && lastingName.startsWith('service:')) return `${lastingName.slice('service:'.length)}-task`;
  if (kind === 'image') return imageNames.get(name) ?? name.replaceAll(' ', '-');
  return name.replaceAll(' ', '-');
};

/** What was found, as rows. */
const rowsOf = (checks: readonly Check[], results: readonly CheckResult[]): Record<string, string> => {
  const byCheck = Map.groupBy(results, ({ check }) => check.id);
  const rows: Record<string, string> = {};
  for (const { id } of checks) {
    const byOutcome = Map.groupBy(byCheck.get(id) ?? [], ({ outcome }) => outcome);
    rows[id] = toRow(
      new Map(
        [...byOutcome].map(([outcome, ofIt]) => [
          outcome,
          [...new Set(ofIt.map(({ subject }) => shortNameOf(id, subject)))],
        ]),
      ),
    );
  }
  return rows;
};

export interface Comparison {
  /** Found, for each check whose row is not the expected one, or that has none. */
  readonly found: Readonly<Record<string, string>>;
  /** Expected, for the same checks. */
  readonly expected: Readonly<Record<string, string>>;
}

/**
 * The differences between what every check says of a snapshot and a table. Checks that need host files have no row:
 * without those each of them can not tell, and says so once.
 */
export const differences = (
  snapshot: HostSnapshot,
  table: ExpectedResults,
  about: 'everything' | 'what the API says' = 'everything',
): Comparison => {
  // The endpoint of a recording is the simulator's own.
  const isWanted = ({ needs }: Check): boolean => about === 'everything' || !needs.includes('endpoint');
  const wantedChecks = everyCheck.filter((check) => isWanted(check));
  const results = judge(snapshot, wantedChecks);
  const found: Record<string, string> = {};
  const expected: Record<string, string> = {};
  for (const [id, row] of Object.entries(rowsOf(wantedChecks, results))) {
    const wanted = wantedRows(id, table);
    if (wanted.includes(row)) continue;
    found[id] = row;
    expected[id] = wanted.join('  or  ');
  }
  return { found, expected };
};

const needingHostFiles = new Map(
  everyCheck.filter(({ needs }) => needs.includes('hostFiles')).map(({ id, subject }) => [id, subject]),
);

const wantedRows = (id: string, table: ExpectedResults): string[] => {
  const row = table[id];
  if (row === undefined)
    return [needingHostFiles.has(id) ? `unknown ${needingHostFiles.get(id)}` : 'no row in the table'];
  return (typeof row === 'string' ? [row] : row.anyOf).map((one) => normalized(one));
};

import type { HostSnapshot } from '@plimsoll/snapshot';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { catalogue } from './catalogue.generated.ts';
import type { Check } from './engine/check.ts';
import { type CheckResult, judge } from './engine/judge.ts';
import { outcomes, severities } from './engine/vocabulary.ts';
import { type PartlyHidden, brokenSnapshots, partlyHidden } from './testing/arbitrary-snapshots.ts';
import { emptyHost, hugeHost } from './testing/extreme-hosts.ts';

/** The same random cases in every run; `ROBUSTNESS_SEED` and `ROBUSTNESS_RUNS` go looking for others. */
const options = (runs: number) => ({
  seed: Number(process.env['ROBUSTNESS_SEED'] ?? 20_261_124),
  numRuns: Number(process.env['ROBUSTNESS_RUNS'] ?? runs),
});

/** What is wrong with the form of a result, each as a sentence. */
const flawsOf = ({ check, outcome, severity, reason, wouldTell, evidence }: CheckResult): string[] =>
  [
    outcomes.includes(outcome) ? '' : `has the outcome ${outcome}`,
    severities.includes(severity) ? '' : `has the severity ${severity}`,
    reason === '' ? 'gives no reason' : '',
    outcome === 'unknown' && !wouldTell ? `does not say what would tell: ${reason}` : '',
    JSON.stringify([reason, evidence]).length > 500_000 ? 'writes pages' : '',
  ].flatMap((flaw) => (flaw === '' ? [] : [`${check.id} ${flaw}`]));

/** Random hosts take a while on a busy machine. */
const timeout = 120_000;

test('no check throws, whatever of a snapshot is missing, absent or of a wrong type', { timeout }, () => {
  fc.assert(
    fc.property(brokenSnapshots, (snapshot) => {
      expect(judge(snapshot, catalogue).flatMap(flawsOf)).toEqual([]);
    }),
    options(200),
  );
});

const keyOf = ({ check, subject }: CheckResult): string => `${check.id} ${subject.kind} ${subject.name}`;

/** Which checks pass about a thing on the host of which less was seen, while none of it passed when all was seen. */
const passesOnUnseen = (checks: readonly Check[], seen: HostSnapshot, lessSeen: HostSnapshot): string[] => {
  const outcomesByKey = new Map<string, Set<string>>();
  for (const result of judge(seen, checks)) {
    const known = outcomesByKey.get(keyOf(result)) ?? new Set();
    outcomesByKey.set(keyOf(result), known.add(result.outcome));
  }
  return judge(lessSeen, checks).flatMap((result) => {
    const before = outcomesByKey.get(keyOf(result));
    return result.outcome === 'pass' && before?.has('fail') === true && !before.has('pass') ? [keyOf(result)] : [];
  });
};

/** The fewest of the hidden fields that still let a check pass, so that a failure of the test says where to look. */
const smallestCulprit = ({ seen, hidden, without }: PartlyHidden): string | undefined => {
  const passing = passesOnUnseen(catalogue, seen, without(hidden));
  const [first] = passing;
  const culprits = catalogue.filter(({ id }) => first?.startsWith(`${id} `) === true);
  if (first === undefined) return undefined;
  const needed = hidden.reduce<PartlyHidden['hidden']>((left, candidate) => {
    const fewer = left.filter((other) => other !== candidate);
    return passesOnUnseen(culprits, seen, without(fewer)).includes(first) ? fewer : left;
  }, hidden);
  return `${first} passes without ${needed.map(({ path }) => path).join(', ')}`;
};

/** What says nothing by its absence, so that a check may pass without it. */
const mayBeAbsent = [
  // One more witness where the container runs; what the engine says of itself decides without it.
  'containers.stats',
  // Go leaves out an empty list: most runtimes are started with no arguments.
  'info.Runtimes.runtimeArgs',
  // Go leaves out a port number of 0 and an empty list: there is none.
  'swarm.services.Endpoint.Ports',
  // The same for what a service does not ask for, and for the version before of one that was never changed.
  ...['Mounts', 'CapabilityAdd', 'CapabilityDrop', 'Privileges'].map(
    (field) => `swarm.services.Spec.TaskTemplate.ContainerSpec.${field}`,
  ),
  'swarm.services.Spec.TaskTemplate.Networks',
  'swarm.services.Spec.TaskTemplate.Runtime',
  'swarm.services.PreviousSpec',
  // What the collector found in a config while it held it; nothing, where it found nothing.
  'swarm.configs.secretDetector',
];

test('no failure turns into a pass because less was seen', { timeout }, () => {
  fc.assert(
    fc.property(partlyHidden(mayBeAbsent), (host) => {
      expect(smallestCulprit(host)).toBeUndefined();
    }),
    // What is hidden is made small above, and the snapshot itself says little.
    { ...options(250), endOnFailure: true },
  );
});

test('nothing passes on a host that answers every question with an empty object', () => {
  const passing = judge(emptyHost(), catalogue).filter(({ outcome }) => outcome === 'pass');
  expect(passing.map(({ check, reason }) => `${check.id}: ${reason}`)).toEqual([]);
});

test('no check throws on absurd sizes, nor writes pages about them', { timeout }, () => {
  expect(judge(hugeHost(), catalogue).flatMap(flawsOf)).toEqual([]);
});

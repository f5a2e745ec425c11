import type { Check } from '@plimsoll/checks';
import {
  type Benchmark,
  type CheckResultDocument,
  type Compliance,
  type ComplianceCheck,
  type ComplianceCounts,
  type ComplianceSection,
  type OutcomeCounts,
  type SettingHint,
  type Undecided,
  outcomes,
  severities,
  themes,
} from '@plimsoll/contracts';
import { benchmarkName, benchmarkSections, compareNumbers, numberIn, themeTitles, versionOf } from './benchmark.ts';
import { settingHintOf } from './setting-hint.ts';

/** What a view is made of. */
export interface Judged {
  /** The catalogue that is shown; a check of it that the judgement did not know yet is undecided. */
  readonly checks: readonly Check[];
  readonly results: readonly CheckResultDocument[];
  /** Of the judgement. */
  readonly catalogueVersion: string;
  /** Whether every check of `checks` was run: a check without a result then had nothing to judge. */
  readonly isWhole: boolean;
}

const reasonsShown = 5;

/**
 * Orders one judgement of a host as a benchmark or our themes do. Pure; the same input gives the same bytes.
 * A section's percentage is of the checks that apply and could be decided: what could not be told is beside it, as
 * `undecided`, and counts neither as passed nor as failed.
 * @param benchmark the version it follows; undefined for all checks by theme
 */
export const complianceOf = (judged: Judged, benchmark: Benchmark | undefined): Compliance => {
  const byCheck = Map.groupBy(judged.results, ({ check }) => check);
  const rows = judged.checks.map((check) => rowOf(check, byCheck.get(check.id) ?? [], judged.isWhole, benchmark));
  const sections = benchmark === undefined ? byTheme(rows) : byBenchmark(rows);
  const shown = sections.flatMap(({ checks }) => checks);
  return {
    benchmark: benchmark === undefined ? null : { id: benchmark, name: benchmarkName, version: versionOf(benchmark) },
    catalogueVersion: judged.catalogueVersion,
    counts: countsOf(shown),
    sections,
    settings: settingsOf(shown),
  };
};

const byBenchmark = (rows: readonly ComplianceCheck[]): ComplianceSection[] =>
  benchmarkSections.map(({ id, title }) => {
    const checks = rows
      .filter(({ number }) => number?.split('.')[0] === id)
      .toSorted((a, b) => compareNumbers(a.number ?? '', b.number ?? ''));
    return { id, title, counts: countsOf(checks), checks };
  });

const byTheme = (rows: readonly ComplianceCheck[]): ComplianceSection[] =>
  themes.map((theme) => {
    const checks = rows.filter((row) => row.theme === theme);
    return { id: theme, title: themeTitles[theme], counts: countsOf(checks), checks };
  });

const rowOf = (
  check: Check,
  results: readonly CheckResultDocument[],
  isWhole: boolean,
  benchmark: Benchmark | undefined,
): ComplianceCheck => {
  const subjects: OutcomeCounts = { pass: 0, fail: 0, unknown: 0, notApplicable: 0 };
  for (const { outcome } of results) subjects[outcome === 'not-applicable' ? 'notApplicable' : outcome] += 1;
  const wasRun = isWhole || results.length > 0;
  const failures = results.filter(({ outcome }) => outcome === 'fail').map(({ severity }) => severity);
  return {
    check: check.id,
    number: benchmark === undefined ? null : numberIn(check, benchmark),
    level: check.cisLevel ?? null,
    title: check.title,
    theme: check.theme,
    severity: severities.find((severity) => failures.includes(severity)) ?? check.severity,
    outcome: wasRun ? worstOf(results) : 'unknown',
    subjects,
    undecided: wasRun ? undecidedOf(check, results) : [notJudgedYet(check)],
  };
};

/** Nothing to judge: the host has none of the kind. */
const worstOf = (results: readonly CheckResultDocument[]): ComplianceCheck['outcome'] =>
  outcomes.find((candidate) => results.some(({ outcome }) => outcome === candidate)) ?? 'not-applicable';

const undecidedOf = (check: Check, results: readonly CheckResultDocument[]): Undecided[] => {
  const unknown = results.filter(({ outcome }) => outcome === 'unknown');
  const alike = Map.groupBy(unknown, ({ reason, wouldTell }) => JSON.stringify([reason, wouldTell]));
  return [...alike.values()]
    .flatMap((group): Undecided[] => {
      const [first] = group;
      if (first === undefined) return [];
      const { reason, wouldTell, subject } = first;
      const setting = settingHintOf(wouldTell, check.question !== undefined);
      return [{ reason, wouldTell, setting, subjects: group.length, example: { ...subject } }];
    })
    .toSorted((a, b) => b.subjects - a.subjects)
    .slice(0, reasonsShown);
};

const notJudgedYet = ({ subject }: Check): Undecided => ({
  reason: 'The host was judged before this check existed',
  wouldTell: 'A new judgement of the stored snapshot, or a scan',
  setting: 'scan',
  subjects: 0,
  example: { kind: subject, name: `all ${subject}s` },
});

const countsOf = (checks: readonly ComplianceCheck[]): ComplianceCounts => {
  const of = (outcome: ComplianceCheck['outcome']): number => checks.filter((row) => row.outcome === outcome).length;
  const [pass, fail] = [of('pass'), of('fail')];
  return {
    total: checks.length,
    pass,
    fail,
    notApplicable: of('not-applicable'),
    undecided: of('unknown'),
    percent: pass + fail === 0 ? null : Math.floor((100 * pass) / (pass + fail)),
  };
};

/** A check counts once for each setting that one of its reasons names. */
const settingsOf = (checks: readonly ComplianceCheck[]): Compliance['settings'] => {
  const counts = new Map<SettingHint, number>();
  for (const { outcome, undecided } of checks) {
    if (outcome !== 'unknown') continue;
    for (const setting of new Set(undecided.map((one) => one.setting))) {
      if (setting !== null) counts.set(setting, (counts.get(setting) ?? 0) + 1);
    }
  }
  return [...counts]
    .map(([setting, count]) => ({ setting, checks: count }))
    .toSorted((a, b) => b.checks - a.checks || (a.setting < b.setting ? -1 : 1));
};

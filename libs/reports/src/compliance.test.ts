import { catalogue, judge } from '@plimsoll/checks';
import { aContainer, aSnapshot } from '@plimsoll/checks/testing';
import { benchmarks } from '@plimsoll/contracts';
import { describe, expect, test } from 'vitest';
import { complianceOf } from './compliance.ts';
import { toResultDocument } from './result-document.ts';
import { settingHintOf } from './setting-hint.ts';

type Snapshot = Parameters<typeof judge>[0];
const snapshot = aSnapshot({
  containers: [
    aContainer({ name: 'calm' }),
    aContainer({ name: 'bold', hostConfig: { Privileged: true } }),
    aContainer({ name: 'hidden', inspect: { missing: 'timed-out', detail: 'after 5 s' } }),
  ],
});
const judged = (of: Snapshot, checks = catalogue) => ({
  checks,
  results: judge(of, checks).map(toResultDocument),
  catalogueVersion: 'abc',
  isWhole: true,
});
const only = (...ids: string[]) => catalogue.filter(({ id }) => ids.includes(id));

describe('the view of a benchmark', () => {
  test.for(benchmarks)('%s names its version, and has every check with a number in its section', (benchmark) => {
    const version = benchmark.slice('cis-'.length);
    const view = complianceOf(judged(snapshot), benchmark);
    expect(view.benchmark).toEqual({ id: benchmark, name: 'CIS Docker Benchmark', version });
    expect(view.sections.map(({ id }) => id)).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    const shown = view.sections.flatMap(({ id, checks }) => checks.map(({ number, check }) => [id, number, check]));
    const numbered = catalogue.flatMap(({ id, cis }) => {
      const number = cis?.[version];
      return number === undefined ? [] : [[number.split('.')[0], number, id]];
    });
    expect(new Set(shown.map(String))).toEqual(new Set(numbered.map(String)));
  });

  test('orders the checks of a section by their numbers, not by their digits', () => {
    const numbers = complianceOf(judged(snapshot), 'cis-1.6.0').sections[4]?.checks.map(({ number }) => number);
    expect(numbers?.indexOf('5.10')).toBeGreaterThan(numbers?.indexOf('5.9') ?? Infinity);
  });

  test('shows the worst outcome of a check, how many things had which, and the severity of what failed', () => {
    const [check] = complianceOf(judged(snapshot, only('container-privileged')), 'cis-1.6.0').sections[4]?.checks ?? [];
    expect(check).toMatchObject({
      check: 'container-privileged',
      outcome: 'fail',
      severity: 'critical',
      subjects: { pass: 1, fail: 1, unknown: 1, notApplicable: 0 },
      undecided: [{ subjects: 1, example: { kind: 'container', name: 'hidden' } }],
    });
  });

  test('counts a check that could not tell as neither passed nor failed', () => {
    const hidden = aSnapshot({ containers: [aContainer({ inspect: { missing: 'timed-out', detail: 'after 5 s' } })] });
    const blind = judged(hidden, only('container-privileged', 'container-memory-limit'));
    expect(complianceOf(blind, 'cis-1.6.0').counts).toEqual({
      total: 2,
      pass: 0,
      fail: 0,
      notApplicable: 0,
      undecided: 2,
      percent: null,
    });
    const half = judged(aSnapshot({ containers: [aContainer({ hostConfig: { Memory: 0 } })] }), blind.checks);
    expect(complianceOf(half, 'cis-1.6.0').counts).toMatchObject({ pass: 1, fail: 1, undecided: 0, percent: 50 });
  });

  test('takes a check that had nothing to judge as not applicable, and never as passed', () => {
    const [check] =
      complianceOf(judged(aSnapshot({}), only('container-privileged')), 'cis-1.6.0').sections[4]?.checks ?? [];
    expect(check).toMatchObject({ outcome: 'not-applicable', subjects: { pass: 0 } });
  });

  test('takes a check that is younger than the judgement as undecided', () => {
    const old = { ...judged(snapshot, only('container-privileged')), results: [], isWhole: false };
    const view = complianceOf(old, 'cis-1.6.0');
    expect(view.counts).toMatchObject({ undecided: 1, percent: null });
    expect(view.settings).toEqual([{ setting: 'scan', checks: 1 }]);
  });

  test('adds up what would let how many checks tell', () => {
    const missing = { missing: 'denied' as const, detail: '403' };
    const { settings } = complianceOf(judged({ ...snapshot, containers: missing, images: missing }), 'cis-1.6.0');
    expect(settings[0]?.setting).toBe('gate');
    expect(settings[0]?.checks).toBeGreaterThan(20);
  });
});

test('the view by theme has every check once, and no numbers', () => {
  const view = complianceOf(judged(snapshot), undefined);
  expect(view.benchmark).toBeNull();
  const shown = view.sections.flatMap(({ checks }) => checks);
  expect(shown.map(({ check }) => check).toSorted()).toEqual(catalogue.map(({ id }) => id).toSorted());
  expect(shown.filter(({ number }) => number !== null)).toEqual([]);
});

describe('what would let a check tell', () => {
  test.for([
    ['Switch on reading host files for this host', 'inspectHostFiles'],
    ['A scan that may read this path on the host', 'inspectHostFiles'],
    ['Switch on process lists for this host', 'processLists'],
    ['A person\'s answer to: stat -c "%u:%g" /run/docker.sock', 'answer'],
    ['A new answer to the question of this check', 'answer'],
    ['Let the gate or authorization plugin pass the requests for images', 'gate'],
    ['Registering every node, and its ID in the parameter auditedNodes', 'parameters'],
    ['Register and scan a manager of this swarm', 'registerHost'],
    ['The next scan of this host', 'scan'],
    ['A scan that can inspect this container', 'scan'],
    ['An engine that reports this field', null],
  ] as const)('is found behind "%s"', ([wouldTell, setting]) => {
    expect(settingHintOf(wouldTell, false)).toBe(setting);
  });

  test('is a person’s answer where the check asks for one and nothing else can be switched on', () => {
    expect(settingHintOf('An engine that reports this field', true)).toBe('answer');
    expect(settingHintOf('Switch on reading host files for this host', true)).toBe('inspectHostFiles');
  });
});

import { catalogue, judge } from '@plimsoll/checks';
import { aContainer, aSnapshot } from '@plimsoll/checks/testing';
import { describe, expect, test } from 'vitest';
import { toSarif } from './sarif.ts';
import { scanReport } from './scan-report.ts';

const snapshot = aSnapshot({
  info: { Name: 'build-7' },
  containers: [
    aContainer({ name: 'calm' }),
    aContainer({ name: 'bold', hostConfig: { Privileged: true } }),
    aContainer({ name: 'hidden', inspect: { missing: 'timed-out', detail: 'after 5 s' } }),
  ],
});
const privileged = catalogue.filter(({ id }) => id === 'container-privileged');
const report = scanReport(snapshot, judge(snapshot, privileged), 'abc');

describe('the report of a scan', () => {
  test('lists the worst first and counts every outcome', () => {
    expect(report.results.map(({ outcome, subject }) => [outcome, subject.name])).toEqual([
      ['fail', 'bold'],
      ['unknown', 'hidden'],
      ['pass', 'calm'],
    ]);
    expect(report.summary.outcomes).toEqual({ fail: 1, unknown: 1, pass: 1, 'not-applicable': 0 });
    expect(report.summary.failures.critical).toBe(1);
    expect(report.host).toMatchObject({ name: 'build-7', containers: 3 });
  });

  test('names the parts that could not be read, but not what a host need not have', () => {
    const blind = { ...snapshot, images: { missing: 'denied' as const, detail: '403' } };
    const parts = scanReport(blind, [], 'abc').missingParts.map(({ part, reason }) => [part, reason]);
    expect(parts).toContainEqual(['images', 'denied']);
    expect(parts.map(([part]) => part)).not.toContain('swarm');
  });
});

describe('SARIF', () => {
  const [run] = toSarif(report, catalogue).runs;

  test('holds failures and what could not be told, and no passes', () => {
    expect(run?.results.map(({ kind, level }) => [kind, level])).toEqual([
      ['fail', 'error'],
      ['open', 'none'],
    ]);
  });

  test('points each result at its rule', () => {
    for (const { ruleId, ruleIndex } of run?.results ?? []) expect(run?.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
  });
});

import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { catalogue } from '../catalogue.generated.ts';
import { aSnapshot } from '../testing/builders.ts';
import { type Answer, withAnswers } from './answers.ts';
import { type Check, defineCheck } from './check.ts';
import { judge } from './judge.ts';
import { hostSubject } from './subjects.ts';
import { type Judgement, fail, notApplicable, pass, unknown } from './verdict.ts';

const aCheck = (judgement: Judgement, given: Partial<Check> = {}): Check => ({
  ...defineCheck({
    id: 'host-is-guarded',
    theme: 'host',
    severity: 'medium',
    subject: 'host',
    title: 'The host is guarded',
    rationale: 'Whoever walks in owns it.',
    remediation: 'Lock the door.',
    decidedBy: 'A person.',
    question: 'Is the host guarded?',
    needs: ['info'],
    sources: ['none'],
    parameters: z.strictObject({}),
    *evaluate() {
      yield { subject: hostSubject, ...judgement };
    },
  }),
  ...given,
});
const withoutQuestion = ({ question: _question, ...check }: Check): Check => check;
const untold = unknown('Nobody can see it', 'A person', [{ source: 'info.Name', value: 'build-7' }]);

const anAnswer = (given: Partial<Answer> = {}): Answer => ({
  checkId: 'host-is-guarded',
  outcome: 'pass',
  reason: 'The guard was there',
  author: 'Ada',
  answeredAt: '2026-11-01T08:00:00.000Z',
  validUntil: '2026-12-01T00:00:00.000Z',
  ...given,
});
const during = '2026-11-24T12:00:00.000Z';
const judged = (check: Check, answers: readonly Answer[], at = during, snapshot = aSnapshot()) =>
  withAnswers(judge(snapshot, [check]), answers, at).map(({ outcome, reason, evidence, wouldTell }) => ({
    outcome,
    reason,
    wouldTell,
    evidence: Object.fromEntries(evidence.map(({ source, value }) => [source, value])),
  }));

describe('an answer', () => {
  test.for(['pass', 'fail', 'not-applicable'] as const)('%s stands in where the check could not tell', (outcome) => {
    const [result] = judged(aCheck(untold), [anAnswer({ outcome })]);
    expect(result).toMatchObject({ outcome, wouldTell: undefined });
    expect(result?.reason).toMatch(/^Ada .* until 2026-12-01: The guard was there$/);
    expect(result?.evidence).toEqual({
      'answer.author': 'Ada',
      'answer.outcome': outcome,
      'answer.reason': 'The guard was there',
      'answer.answeredAt': '2026-11-01T08:00:00.000Z',
      'answer.validUntil': '2026-12-01T00:00:00.000Z',
      'what the scan could not tell': 'Nobody can see it',
      'info.Name': 'build-7',
    });
  });

  test.for<[string, Judgement]>([
    ['fails', fail('It was seen open', [])],
    ['passes', pass('It was seen shut', [])],
    ['does not apply', notApplicable('There is no door')],
  ])('changes nothing where the snapshot itself says that the check %s', ([, judgement]) => {
    const check = aCheck(judgement);
    for (const outcome of ['pass', 'fail', 'not-applicable'] as const) {
      const results = judge(aSnapshot(), [check]);
      expect(withAnswers(results, [anAnswer({ outcome })], during)).toEqual(results);
    }
  });

  test.for<[string, Check, Partial<Answer>]>([
    ['to another check', aCheck(untold), { checkId: 'host-is-dry' }],
    ['to a check that asks no question any more', withoutQuestion(aCheck(untold)), {}],
  ])('%s changes nothing', ([, check, given]) => {
    const results = judge(aSnapshot(), [check]);
    expect(withAnswers(results, [anAnswer(given)], during)).toEqual(results);
  });

  test.for<[string, string, string, boolean]>([
    ['counts until its end', '2026-11-30T23:59:59.999Z', '2026-12-01T00:00:00.000Z', true],
    ['has ended at its end', '2026-12-01T00:00:00.000Z', '2026-12-01T00:00:00.000Z', false],
    ['has ended after its end', '2027-01-01T00:00:00.000Z', '2026-12-01T00:00:00.000Z', false],
    ['has ended where its end can not be read', during, 'some day', false],
    ['has ended where nobody knows what time it is', 'now', '2026-12-01T00:00:00.000Z', false],
  ])('%s', ([, at, validUntil, counts]) => {
    const [result] = judged(aCheck(untold), [anAnswer({ validUntil })], at);
    expect(result?.outcome).toBe(counts ? 'pass' : 'unknown');
  });

  test('that has ended is told of, with a way out', () => {
    const [result] = judged(aCheck(untold), [anAnswer()], '2026-12-02T00:00:00.000Z');
    expect(result?.reason).toBe('Nobody can see it; the answer of Ada from 2026-11-01 has expired on 2026-12-01');
    expect(result?.wouldTell).toBe('A new answer to the question of this check');
    expect(result?.evidence).toMatchObject({ 'answer.author': 'Ada', 'info.Name': 'build-7' });
  });

  test('stands in for a part of the snapshot that is missing, since the question is about the host', () => {
    const snapshot = { ...aSnapshot(), info: { missing: 'denied', detail: '403' } as const };
    expect(judged(aCheck(untold), [anAnswer()], during, snapshot)[0]?.outcome).toBe('pass');
  });

  test('does not vouch for things of which no list was seen', () => {
    const check = aCheck(untold, { subject: 'container', needs: ['containers'] });
    const snapshot = { ...aSnapshot(), containers: { missing: 'denied', detail: '403' } as const };
    expect(judged(check, [anAnswer()], during, snapshot)[0]).toMatchObject({ outcome: 'unknown' });
  });

  test('that is endless fills no pages', () => {
    const [result] = judged(aCheck(untold), [anAnswer({ reason: 'x'.repeat(100_000) })]);
    expect(JSON.stringify(result).length).toBeLessThan(10_000);
  });
});

const asking = catalogue.flatMap(({ id, question }) => (question === undefined ? [] : [[id, question] as const]));

test('what the benchmark leaves to people is asked', () => {
  const ids = asking.map(([id]) => id);
  for (const id of ['host-hardening-standard', 'content-trust', 'exec-privileged', 'swarm-unlock-key-rotation'])
    expect(ids).toContain(id);
});

test.for(asking)('the question of %s is one sentence that ends in a question mark', ([, question]) => {
  expect(question).toMatch(/^[A-Z][^?]{15,150}\?$/);
});

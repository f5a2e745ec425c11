import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { aContainer, aSnapshot } from '../testing/builders.ts';
import { catalogue } from '../catalogue.generated.ts';
import { defineCheck } from './check.ts';
import { judge } from './judge.ts';
import { parameterProblemsOf, takeParameters } from './parameters.ts';
import { hostSubject } from './subjects.ts';
import { pass } from './verdict.ts';

let parses = 0;
const Limit = z.number().min(1).default(3);
const limited = defineCheck({
  id: 'limited',
  theme: 'host',
  severity: 'low',
  subject: 'container',
  title: 'A limit holds',
  rationale: 'For the test',
  remediation: 'None',
  decidedBy: 'Nothing',
  needs: [],
  sources: [],
  parameters: z.strictObject({
    limit: Limit.transform((limit) => {
      parses += 1;
      return limit;
    }),
    names: z.array(z.string()).default(['a']),
  }),
  *evaluate({ snapshot, parameters: { limit } }) {
    for (let index = 0; index < 50; index += 1)
      yield { subject: hostSubject, ...pass(`${limit} at ${snapshot.takenAt}`, []) };
  },
});

describe('given parameters', () => {
  test.for([
    ['a value of the wrong type', { limit: 'many' }, ['limit'], /expected number/],
    ['a value out of range', { limit: 0 }, ['limit'], />=1/],
    ['a wrong member of a list', { names: ['a', 7] }, ['names', '1'], /expected string/],
    ['a name that the check has not', { limits: 3 }, ['limits'], /no such parameter. It has limit, names/],
  ] as const)('are refused for %s, by its name', ([, values, path, message]) => {
    const [problem] = parameterProblemsOf(limited, values);
    expect(problem?.path).toEqual(path);
    expect(problem?.message).toMatch(message);
  });

  test('that differ from the defaults are named with both values', () => {
    const { adjusted, rejected } = takeParameters([limited], { limited: { limit: 5, names: ['a'] } });
    expect(adjusted).toEqual([{ check: 'limited', name: 'limit', value: 5, default: 3 }]);
    expect(rejected).toEqual([]);
  });

  test('of which one is taken no more leave the others in force', () => {
    const { parameters, rejected } = takeParameters([limited], { limited: { limit: 5, old: true }, gone: { a: 1 } });
    expect(parameters).toEqual({ limited: { limit: 5 } });
    expect(rejected.map(({ check, path }) => [check, path])).toEqual([['limited', ['old']]]);
  });

  test('are parsed once for a judgement, however many verdicts there are', () => {
    parses = 0;
    expect(judge(aSnapshot({}), [limited], { limited: { limit: 4 } })).toHaveLength(50);
    expect(parses).toBe(1);
  });

  test('change what a check of the catalogue says', () => {
    const check = catalogue.filter(({ id }) => id === 'container-memory-limit');
    const snapshot = aSnapshot({ containers: [aContainer({ state: 'exited', hostConfig: { Memory: 0 } })] });
    const outcomes = (parameters: Record<string, unknown>) =>
      judge(snapshot, check, { 'container-memory-limit': parameters }).map(({ outcome }) => outcome);
    expect(outcomes({ stoppedContainers: 'skip' })).not.toEqual(outcomes({ stoppedContainers: 'same' }));
  });
});

test.for(catalogue.map((check) => [check.id, check] as const))(
  '%s has parameters whose defaults it takes, and a JSON schema of them',
  ([, check]) => {
    expect(parameterProblemsOf(check, check.parameters.parse({}))).toEqual([]);
    const schema = z.toJSONSchema(check.parameters, { io: 'input', unrepresentable: 'any' });
    expect(schema.type).toBe('object');
    expect(parameterProblemsOf(check, { 'no such parameter': 1 })).toHaveLength(1);
  },
);

import type { AdjustedParameter } from '@plimsoll/contracts';
import type { z } from 'zod';
import type { Check } from './check.ts';
import type { ParametersByCheck } from './judge.ts';

type Values = Readonly<Record<string, unknown>>;

/** What is wrong with a value that was given for a parameter. */
export interface ParameterProblem {
  readonly check: string;
  /** Name of the parameter, then the way into its value; empty where the values as a whole are wrong. */
  readonly path: readonly string[];
  readonly message: string;
}

/** Every parameter has a default, so that parsing nothing gives them all. */
export const defaultParametersOf = (check: Check): Record<string, unknown> => check.parameters.parse({});

/** What a check has against these values; none means that it can judge by them. Pure. */
export const parameterProblemsOf = (check: Check, values: Values): ParameterProblem[] => {
  const parsed = check.parameters.safeParse(values);
  return parsed.success ? [] : parsed.error.issues.flatMap((issue) => problemsOf(check, issue));
};

/** Zod names unknown keys beside an empty path. */
const problemsOf = (check: Check, issue: z.core.$ZodIssue): ParameterProblem[] => {
  const path = issue.path.map(String);
  if (issue.code !== 'unrecognized_keys') return [{ check: check.id, path, message: issue.message }];
  const names = Object.keys(check.parameters.shape);
  const known = names.length === 0 ? 'It has none' : `It has ${names.join(', ')}`;
  return issue.keys.map((key) => ({
    check: check.id,
    path: [...path, key],
    message: path.length === 0 ? `The check has no such parameter. ${known}` : 'There is no such member',
  }));
};

/** What a judgement goes by. */
export interface ParametersInUse {
  readonly parameters: ParametersByCheck;
  /** Those that differ from the defaults, in the order of the checks. */
  readonly adjusted: readonly AdjustedParameter[];
  /** Given values that the checks take no more, e.g. after an upgrade: their defaults are used. */
  readonly rejected: readonly ParameterProblem[];
}

/**
 * Takes of what was given what the checks still take, value by value, so that one bad value stops no judgement. Pure.
 * @param given as stored; of checks that are not among these, nothing is taken
 */
export const takeParameters = (checks: readonly Check[], given: ParametersByCheck): ParametersInUse => {
  const parameters: Record<string, Values> = {};
  const adjusted: AdjustedParameter[] = [];
  const rejected: ParameterProblem[] = [];
  for (const check of checks) {
    const values = given[check.id];
    if (values === undefined || Object.keys(values).length === 0) continue;
    const problems = parameterProblemsOf(check, values);
    rejected.push(...problems);
    const taken = without(check, values, problems);
    parameters[check.id] = taken;
    adjusted.push(...adjustedOf(check, taken));
  }
  return { parameters, adjusted, rejected };
};

/** The values that nothing is wrong with; none where the rest does not hold together either. */
const without = (check: Check, values: Values, problems: readonly ParameterProblem[]): Values => {
  if (problems.length === 0) return values;
  const bad = new Set(problems.map(({ path: [name] }) => name));
  const rest = Object.fromEntries(Object.entries(values).filter(([name]) => !bad.has(name)));
  return check.parameters.safeParse(rest).success ? rest : {};
};

const adjustedOf = (check: Check, values: Values): AdjustedParameter[] => {
  const defaults = defaultParametersOf(check);
  const parsed: Record<string, unknown> = check.parameters.parse(values);
  return Object.keys(parsed)
    .filter((name) => JSON.stringify(parsed[name]) !== JSON.stringify(defaults[name]))
    .map((name) => ({ check: check.id, name, value: parsed[name], default: defaults[name] }));
};

import { readFileSync } from 'node:fs';
import { type Check, type ParameterProblem, parameterProblemsOf } from '@plimsoll/checks';
import { z } from 'zod';
import { CommandFailed } from '../output/command-failed.ts';

type Values = Record<string, unknown>;
type Given = Record<string, Values>;

const Contents = z.record(z.string(), z.record(z.string(), z.unknown()));

export interface ParameterOptions {
  /** Each `check-id.name=value`. */
  parameter?: readonly string[];
  /** A JSON file: `{ "check-id": { "name": value } }`. */
  parameters?: string;
}

/**
 * Parameters for one judgement: the file's, and over them those of the command line.
 * @throws CommandFailed with exit code 2, naming the check, the parameter and what is wrong with it
 */
export const readGivenParameters = (
  { parameter = [], parameters }: ParameterOptions,
  checks: readonly Check[],
): Given => {
  const byId = new Map(checks.map((check) => [check.id, check]));
  const given: Given = parameters === undefined ? {} : readParametersFile(parameters);
  for (const text of parameter) {
    const { id, name, value } = parsePair(text);
    const check = checkOf(byId, id);
    given[id] = { ...given[id], [name]: valueFor(check, name, value) };
  }
  for (const [id, values] of Object.entries(given)) assertTaken(checkOf(byId, id), values);
  return given;
};

const readParametersFile = (path: string): Given => {
  try {
    return Contents.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new CommandFailed('parameters-unreadable', `${path} can not be read as parameters.`, {
      why: cause instanceof z.ZodError ? z.prettifyError(cause) : cause instanceof Error ? cause.message : undefined,
      fix: 'It holds JSON: {"check-id": {"name": value}}',
      exitCode: 2,
      cause,
    });
  }
};

const parsePair = (text: string): { id: string; name: string; value: string } => {
  const [, id, name, value] = /^([^.=]+)\.([^=]+)=(.*)$/su.exec(text) ?? [];
  if (id !== undefined && name !== undefined && value !== undefined) return { id, name, value };
  throw new CommandFailed('parameter-malformed', `"${text}" is no parameter.`, {
    fix: 'Write check-id.name=value, e.g. --parameter image-age.maxAgeDays=30',
    exitCode: 2,
  });
};

const checkOf = (byId: ReadonlyMap<string, Check>, id: string): Check => {
  const check = byId.get(id);
  if (check !== undefined) return check;
  throw new CommandFailed('check-not-found', `There is no check "${id}".`, {
    fix: 'List them: plimsoll checks',
    exitCode: 2,
  });
};

/** JSON where the parameter takes it, and else the plain text: a file mode 644 is no number. */
const valueFor = (check: Check, name: string, text: string): unknown => {
  const parsed = parseJson(text);
  const isTaken = (value: unknown): boolean => parameterProblemsOf(check, { [name]: value }).length === 0;
  return parsed !== undefined && (isTaken(parsed) || !isTaken(text)) ? parsed : text;
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const assertTaken = (check: Check, values: Values): void => {
  const [problem, ...others] = parameterProblemsOf(check, values);
  if (problem === undefined) return;
  throw new CommandFailed('parameter-invalid', sentenceOf(check, problem), {
    why: others.length === 0 ? undefined : others.map((other) => sentenceOf(check, other)).join('\n'),
    fix: `See what it takes: plimsoll checks ${check.id} --json`,
    exitCode: 2,
  });
};

const sentenceOf = ({ id }: Check, { path, message }: ParameterProblem): string => {
  const [name, ...within] = path;
  const place = within.length === 0 ? '' : ` at ${within.join('.')}`;
  return `${id}${name === undefined ? '' : `.${name}`}${place}: ${message}`;
};

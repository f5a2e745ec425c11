import { readFileSync } from 'node:fs';
import { ConfigInvalid } from './config-invalid.ts';
import type { ConfigMistake } from './config-invalid.ts';
import { Config } from './config.ts';
import { environmentSchema, knownNames, variables } from './variables.ts';

/** Environment variables as a process has them. */
export type RawEnvironment = Readonly<Record<string, string | undefined>>;

const ownPrefix = 'PLIMSOLL_';

/**
 * Parses the settings. An empty variable counts as one that is not set, as compose files produce them.
 * @param env usually `process.env`; nothing else reads it
 * @throws ConfigInvalid with every mistake at once: wrong values, unreadable secret files, unknown `PLIMSOLL_` names
 */
export function loadConfig(env: RawEnvironment): Config {
  const mistakes: ConfigMistake[] = findUnknownNames(env);
  const given: Record<string, string> = {};
  for (const { name, secret } of variables) {
    const value = secret ? readSecret(env, name, mistakes) : env[name];
    if (value !== undefined && value.trim() !== '') given[name] = value.trim();
  }
  const parsed = environmentSchema.safeParse(given);
  for (const issue of parsed.error?.issues ?? []) {
    mistakes.push({ variable: String(issue.path[0]), message: issue.message });
  }
  if (parsed.data === undefined || mistakes.length > 0) throw new ConfigInvalid(mistakes);
  return deepFreeze(new Config(parsed.data));
}

function readSecret(env: RawEnvironment, name: string, mistakes: ConfigMistake[]): string | undefined {
  const fileName = `${name}_FILE`;
  const value = env[name] === '' ? undefined : env[name];
  const path = env[fileName] === '' ? undefined : env[fileName];
  if (path === undefined) return value;
  if (value !== undefined) {
    mistakes.push({ variable: fileName, message: `give either this or ${name}, not both` });
    return value;
  }
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    mistakes.push({ variable: fileName, message: `the file ${path} can not be read (${reason})` });
    return undefined;
  }
}

/** A misspelt setting that is silently ignored may leave a door open. */
function findUnknownNames(env: RawEnvironment): ConfigMistake[] {
  const unknown = Object.keys(env).filter((name) => name.startsWith(ownPrefix) && !knownNames.has(name));
  return unknown.map((variable) => ({ variable, message: `there is no such setting; ${suggestionFor(variable)}` }));
}

function suggestionFor(unknown: string): string {
  const nearest = [...knownNames].toSorted((a, b) => distance(unknown, a) - distance(unknown, b))[0];
  return nearest === undefined ? 'remove it' : `did you mean ${nearest}?`;
}

/** Levenshtein's: how many letters to add, drop or change. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const change = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(change, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) {
    if (typeof part === 'object' && part !== null) deepFreeze(part);
  }
  return Object.freeze(value);
}

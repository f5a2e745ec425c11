import type { HostFiles, HostUnit } from '@plimsoll/snapshot';

/** A unit whose file was found; `absent`: no folder of systemd has one, or it is masked. Undefined: not seen. */
export const unitOf = (facts: HostFiles, name: string): HostUnit | 'absent' | undefined => {
  const unit = facts.units !== undefined && Object.hasOwn(facts.units, name) ? facts.units[name] : undefined;
  if (unit === undefined || unit.path === undefined) return undefined;
  if (unit.path === null || unit.masked === true) return 'absent';
  return unit.masked === undefined ? undefined : unit;
};

/**
 * All values of a key after drop-ins, in order: an empty assignment forgets what came before it, as systemd does for
 * keys that may stand more than once. Undefined where not all assignments were seen.
 */
export const valuesOf = (unit: HostUnit, section: string, key: string): string[] | undefined => {
  if (unit.assignments === undefined) return undefined;
  let values: string[] = [];
  for (const assignment of unit.assignments ?? []) {
    if (assignment.section === undefined || assignment.key === undefined) return undefined;
    if (assignment.section !== section || assignment.key !== key) continue;
    if (assignment.value === undefined) return undefined;
    values = assignment.value === '' ? [] : [...values, assignment.value];
  }
  return values;
};

/** The value of a key that counts once: the last one given, `''` where none is. Undefined where not seen. */
export const valueOfKey = (unit: HostUnit, section: string, key: string): string | undefined => {
  const values = valuesOf(unit, section, key);
  return values === undefined ? undefined : (values.at(-1) ?? '');
};

/** Quotes, or a run without blanks and quotes; a backslash keeps the character after it. */
const wordPattern = /(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+/g;

/** A command line of a unit in words, quotes gone (systemd.service(5), "Command lines"). */
export const wordsOf = (line: string): string[] =>
  (line.match(wordPattern) ?? []).map((word) =>
    word.replaceAll(/"((?:\\.|[^"\\])*)"|'([^']*)'|\\(.)/g, (_, double?: string, single?: string, escaped?: string) =>
      double === undefined ? (single ?? escaped ?? '') : double.replaceAll(/\\(.)/g, '$1'),
    ),
  );

/** The program's path of a command, without systemd's prefixes for how to run it. */
export const programOf = (word: string | undefined): string | undefined => word?.replace(/^[-@:+!|]+/, '');

/** `$NAME` alone in a word becomes as many words as its value holds, `${NAME}` stays within its word. */
const withVariables = (words: readonly string[], variables: ReadonlyMap<string, string>): string[] =>
  words.flatMap((word) => {
    const alone = /^\$([A-Za-z_]\w*)$/.exec(word)?.[1];
    if (alone !== undefined) return wordsOf(variables.get(alone) ?? '');
    return [word.replaceAll(/\$\{([A-Za-z_]\w*)\}/g, (_, name: string) => variables.get(name) ?? '')];
  });

/** `Environment=` and then the environment files, which win over it. Undefined where one was not read. */
export const environmentOf = (facts: HostFiles, unit: HostUnit): ReadonlyMap<string, string> | undefined => {
  const assigned = valuesOf(unit, 'Service', 'Environment');
  const files = valuesOf(unit, 'Service', 'EnvironmentFile');
  if (assigned === undefined || files === undefined) return undefined;
  const variables = new Map<string, string>();
  for (const pair of assigned.flatMap(wordsOf)) {
    const at = pair.indexOf('=');
    if (at > 0) variables.set(pair.slice(0, at), pair.slice(at + 1));
  }
  for (const file of files) {
    const path = file.replace(/^-/, '');
    const read = facts.environmentFiles !== undefined && Object.hasOwn(facts.environmentFiles, path);
    if (!read) return undefined;
    for (const [name, value] of Object.entries(facts.environmentFiles?.[path] ?? {})) variables.set(name, value);
  }
  return variables;
};

/** The words of a service's effective `ExecStart`, variables put in. Undefined where not all of it was seen. */
export const startCommandOf = (facts: HostFiles, unit: HostUnit): string[] | undefined => {
  const line = valueOfKey(unit, 'Service', 'ExecStart');
  if (line === undefined || line === '') return undefined;
  const words = wordsOf(line);
  if (!words.some((word) => word.includes('$'))) return words;
  const variables = environmentOf(facts, unit);
  return variables === undefined ? undefined : withVariables(words, variables);
};

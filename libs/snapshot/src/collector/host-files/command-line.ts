import type { HostUnit } from '../../schema/host-files.ts';

/** Values of a key in order; an empty one forgets what came before it. */
export const valuesOf = (unit: HostUnit | undefined, section: string, key: string): string[] => {
  let values: string[] = [];
  for (const assignment of unit?.assignments ?? []) {
    if (assignment.section !== section || assignment.key !== key) continue;
    values = assignment.value === undefined || assignment.value === '' ? [] : [...values, assignment.value];
  }
  return values;
};

/** Words, quotes gone; good enough to find paths in, while checks judge by what the snapshot holds. */
const wordsOf = (line: string): string[] =>
  (line.match(/"[^"]*"|'[^']*'|\S+/gu) ?? []).map((word) => word.replaceAll(/^["']|["']$/gu, ''));

/** `Environment=` and then what environment files say. */
export const variablesOf = (
  unit: HostUnit | undefined,
  files: Readonly<Record<string, Record<string, string> | null>>,
): Map<string, string> => {
  const variables = new Map<string, string>();
  for (const pair of valuesOf(unit, 'Service', 'Environment').flatMap(wordsOf)) {
    const equals = pair.indexOf('=');
    if (equals > 0) variables.set(pair.slice(0, equals), pair.slice(equals + 1));
  }
  for (const file of valuesOf(unit, 'Service', 'EnvironmentFile'))
    for (const [name, value] of Object.entries(files[file.replace(/^-/u, '')] ?? {})) variables.set(name, value);
  return variables;
};

/** The words with which a unit starts its program, variables put in. */
export const commandOf = (unit: HostUnit | undefined, variables: ReadonlyMap<string, string>): string[] => {
  const line = valuesOf(unit, 'Service', 'ExecStart').at(-1) ?? '';
  return wordsOf(line.replaceAll(/\$\{?([A-Za-z_]\w*)\}?/gu, (_all, name: string) => variables.get(name) ?? '')).map(
    (word, at) => (at === 0 ? word.replace(/^[-@:+!|]+/u, '') : word),
  );
};

/** The last value that one of a command's flags is given. */
export const flagIn = (words: readonly string[], ...flags: string[]): string | undefined => {
  let value: string | undefined;
  for (const [at, word] of words.entries()) {
    const equals = word.indexOf('=');
    if (flags.includes(word)) value = words[at + 1];
    else if (equals > 0 && flags.includes(word.slice(0, equals))) value = word.slice(equals + 1);
  }
  return value;
};

/** Absolute paths that stand in a text, by themselves or behind `=` or `unix://`. */
export const pathsIn = (text: string): string[] =>
  [...text.matchAll(/(?:^|[\s"'=,]|unix:\/\/)(\/[\w./@+-]+)/gu)].flatMap(([, path]) =>
    path === undefined ? [] : [path],
  );

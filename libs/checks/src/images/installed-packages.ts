import { matchesPattern } from '../engine/name-patterns.ts';
import { type BuildStep, commandsOf } from './build-steps.ts';
import { mayUseManager, packageManagerOf, usesIndex, verbOf } from './package-commands.ts';

const removing = new Set(['del', 'remove', 'purge', 'autoremove', 'erase', 'rm']);

export interface InstalledPackage {
  readonly name: string;
  /** Its place in the history. */
  readonly index: number;
}

/** Options of package managers that take a value: `apk add --virtual .build gcc`. */
const virtualOption = /^(?:-t|--virtual)(?:=(.+))?$/;

const packagesNamed = (words: readonly string[]): string[] => {
  const verb = verbOf(words);
  const from = verb === undefined ? words.length : words.indexOf(verb) + 1;
  return words
    .slice(from)
    .filter((word) => !word.startsWith('-') && !word.startsWith('.'))
    .map((word) => word.replace(/[=<>~:].*$/, ''));
};

const groupNamed = (words: readonly string[]): string | undefined => {
  const at = words.findIndex((word) => virtualOption.test(word));
  return at < 0 ? undefined : (virtualOption.exec(words[at] ?? '')?.[1] ?? words[at + 1]);
};

/**
 * Packages of certain names that the build says it installed and did not take out again. What a variable or a file
 * names can not be seen; a removal that uses a variable may mean anything installed before it.
 */
export const installedPackages = (steps: readonly BuildStep[], patterns: readonly string[]): InstalledPackage[] => {
  let installed: (InstalledPackage & { readonly group: string | undefined })[] = [];
  for (const step of steps.toReversed()) {
    if (step.instruction !== 'RUN' || !mayUseManager(step.text)) continue;
    for (const { words } of commandsOf(step)) {
      if (packageManagerOf(words) === undefined) continue;
      if (removing.has(verbOf(words) ?? '')) {
        const isOpen = words.some((word) => word.includes('$'));
        installed = isOpen
          ? []
          : installed.filter(({ name, group }) => !words.some((word) => word === name || word === group));
      } else if (usesIndex(words) !== undefined) {
        const group = groupNamed(words);
        for (const name of packagesNamed(words))
          if (patterns.some((pattern) => matchesPattern(name, pattern)))
            installed.push({ name, index: step.index, group });
      }
    }
  }
  return installed;
};

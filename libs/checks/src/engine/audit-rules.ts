import type { HostFiles } from '@plimsoll/snapshot';
import { inItsFolder } from './host-file-facts.ts';
import { cleanPath, isWithin } from './paths.ts';
import { unitOf, valuesOf } from './systemd-units.ts';

/** A rule of the audit system that names a path. */
export interface AuditRule {
  readonly action: 'always' | 'never';
  /** Links among its folders followed. */
  readonly path: string;
  /** False: only the path itself and, of a folder, its direct entries. */
  readonly recursive: boolean;
  /** Letters of r, w, x, a. */
  readonly permissions: string;
  /** It looks only at some accounts, system calls or outcomes. */
  readonly narrowed: boolean;
  /** As written. */
  readonly line: string;
  /** A line before it that the kernel may refuse at boot, which stops the loading there. */
  readonly afterDoubtfulLine: string | undefined;
}

/** The rules that one way of loading brings into force. */
export interface AuditRuleSet {
  readonly loadedFrom: string;
  readonly enabled: boolean;
  readonly rules: readonly AuditRule[];
}

const mainFile = '/etc/audit/audit.rules';
const allPermissions = 'rwxa';

/** A line without regard to quotes: auditctl knows none. */
const wordsIn = (line: string): string[] =>
  line
    .trim()
    .split(/\s+/)
    .filter((word) => word !== '');

interface Fields {
  readonly path: string | undefined;
  readonly recursive: boolean;
  readonly permissions: string;
  readonly narrowed: boolean;
}

/** Fields that do not make a rule see less of what is asked: both word sizes are named by rules of their own. */
const harmlessField = /^(key|arch)(=|!=)/;

const fieldsOf = (words: readonly string[]): Fields => {
  let path: string | undefined;
  let recursive = false;
  let permissions = allPermissions;
  let narrowed = false;
  for (const [at, word] of words.entries()) {
    const value = words[at + 1] ?? '';
    if (word === '-p') permissions = value;
    else if (word === '-S' && value !== 'all') narrowed = true;
    else if (word === '-C') narrowed = true;
    else if (word === '-F') {
      if (value.startsWith('path=')) path = value.slice('path='.length);
      else if (value.startsWith('dir=')) {
        path = value.slice('dir='.length);
        recursive = true;
      } else if (value.startsWith('perm=')) permissions = value.slice('perm='.length);
      else if (!harmlessField.test(value)) narrowed = true;
    }
  }
  return { path, recursive, permissions, narrowed };
};

/** `-D` takes every rule away, `-D -k KEY` those with the key. */
const withoutKey = (rules: AuditRule[], words: readonly string[]): AuditRule[] => {
  const key = words[words.indexOf('-k') + 1];
  if (!words.includes('-k') || key === undefined) return [];
  return rules.filter(({ line }) => !wordsIn(line).some((word) => word === key || word === `key=${key}`));
};

/** Rules as one loader applies them, line by line. */
const inForce = (facts: HostFiles, lines: readonly string[], loadedFrom: string, isMerged: boolean): AuditRuleSet => {
  let rules: AuditRule[] = [];
  let enabled = true;
  let carriesOn = false;
  let doubtful: string | undefined;
  for (const line of lines) {
    const words = wordsIn(line);
    const [verb = '', what = ''] = words;
    if (verb === '-i' || verb === '-c') carriesOn = true;
    // augenrules puts -D first, so it takes nothing away.
    else if (verb === '-D' && !isMerged) rules = withoutKey(rules, words);
    else if (verb === '-e') {
      enabled = what !== '0';
      // Locked: the kernel refuses what comes after. augenrules puts -e last.
      if (what === '2' && !isMerged) break;
    }
    const isWatch = verb === '-w' || verb === '-W';
    const isList = verb === '-a' || verb === '-A' || verb === '-d';
    if (!isWatch && !isList) continue;
    const actions = what.split(',');
    if (isList && !actions.includes('exit')) continue;
    const fields = fieldsOf(words);
    const named = isWatch ? what : fields.path;
    if (named === undefined || !named.startsWith('/')) continue;
    const path = inItsFolder(facts, named);
    if (verb === '-W' || verb === '-d') {
      rules = rules.filter((rule) => rule.path !== path);
      continue;
    }
    const rule: AuditRule = {
      action: actions.includes('never') ? 'never' : 'always',
      path,
      recursive: isWatch || fields.recursive,
      permissions: fields.permissions,
      narrowed: fields.narrowed,
      line: line.trim(),
      afterDoubtfulLine: carriesOn ? undefined : doubtful,
    };
    rules = verb === '-A' ? [rule, ...rules] : [...rules, rule];
    // The folders below /run do not exist yet when rules are loaded at boot.
    if (path.startsWith('/run/')) doubtful ??= line.trim();
  }
  return { loadedFrom, enabled, rules };
};

/** `augenrules`, or the file that `auditctl -R` loads; undefined where no unit shows it. */
const loaderOf = (facts: HostFiles): string | undefined => {
  for (const name of ['audit-rules.service', 'auditd.service']) {
    const unit = unitOf(facts, name);
    if (unit === undefined || unit === 'absent') continue;
    const commands = ['ExecStart', 'ExecStartPost'].map((key) => valuesOf(unit, 'Service', key));
    if (commands.includes(undefined)) return undefined;
    for (const command of commands.flat()) {
      if (command?.includes('augenrules') === true) return 'augenrules';
      const file = /auditctl\s+(?:.*\s)?-R\s*(\S+)/.exec(command ?? '')?.[1];
      if (file !== undefined) return file;
    }
  }
  return undefined;
};

/**
 * What the audit rules come to: `absent` without an audit system, undefined where its files were not seen whole. Where
 * no unit shows how they are loaded, one set for each usual way: a verdict must hold for both.
 */
export const auditRuleSetsOf = (facts: HostFiles): readonly AuditRuleSet[] | 'absent' | undefined => {
  const { installed, files } = facts.audit ?? {};
  if (installed === false) return 'absent';
  if (installed === undefined || files === undefined) return undefined;
  const read: { path: string; lines: readonly string[] }[] = [];
  for (const { path, lines } of files ?? []) {
    if (path === undefined || lines === undefined) return undefined;
    // Only lines that begin with # are comments.
    read.push({ path, lines: (lines ?? []).filter((line) => !/^\s*(#|$)/.test(line)) });
  }
  const parts = read.filter(({ path }) => /^\/etc\/audit\/rules\.d\/[^/]+\.rules$/.test(path));
  const single = (path: string): AuditRuleSet =>
    inForce(facts, read.find((file) => file.path === path)?.lines ?? [], path, false);
  const merged =
    parts.length === 0
      ? single(mainFile)
      : inForce(
          facts,
          parts.flatMap(({ lines }) => lines),
          '/etc/audit/rules.d',
          true,
        );
  const loader = loaderOf(facts);
  if (loader === 'augenrules') return [merged];
  return loader === undefined ? [merged, single(mainFile)] : [single(loader)];
};

/**
 * The rule of a set that records changes of a path whose links were followed; undefined where there is none.
 * @param isFolderEnough a rule on a folder's direct entries counts for the folder
 */
export const coveringRule = (
  { rules, enabled }: AuditRuleSet,
  target: string,
  permissions: string,
  isFolderEnough: boolean,
): AuditRule | undefined => {
  const path = cleanPath(target);
  if (!enabled) return undefined;
  for (const rule of rules) {
    const names = rule.path === path || (rule.recursive && isWithin(path, rule.path));
    if (!names) continue;
    // The first rule that fits decides.
    if (rule.action === 'never') return undefined;
    const isWhole = rule.recursive || isFolderEnough;
    if (isWhole && !rule.narrowed && permissions.split('').every((letter) => rule.permissions.includes(letter)))
      return rule;
  }
  return undefined;
};

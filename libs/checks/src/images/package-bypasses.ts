import { type BuildStep, commandsOf } from './build-steps.ts';
import { packageManagerOf } from './package-commands.ts';
import { type ShellCommand, programOf } from './shell-commands.ts';

/** Options that install without asking who made a package, by package manager. */
const flags = new Map<string | undefined, RegExp>([
  ['apt', /^(?:--allow-unauthenticated|--force-yes|--allow-insecure-repositories)(?:$|=(?!false|no|0))/],
  ['dnf', /^--no-?gpgcheck$/],
  ['zypper', /^--no-gpg-checks$/],
  ['apk', /^--allow-untrusted$/],
  ['rpm', /^--no(?:signature|digest|gpg)$/],
  ['pip', /^--trusted-host(?:$|=)/],
  ['npm', /^--strict-ssl=false$|^--no-strict-ssl$/],
]);
/** Settings that do the same, wherever in a command they are written. Bounded, since the text is the host's. */
const settings =
  /\btrusted=yes\b|allow-?unauthenticated[="\s]{1,4}(?:true|yes|1)\b|allowinsecurerepositories[="\s]{1,4}(?:true|yes|1)\b|gpgcheck\s{0,3}=\s{0,3}(?:0|false|no)\b|strict-ssl[= ]false\b/i;
const interpreters = new Set(['sh', 'bash', 'ash', 'dash', 'zsh', 'ksh', 'python', 'python3', 'perl', 'ruby', 'node']);
const fetchers = new Set(['curl', 'wget']);
/** `-k` of curl alone, or behind flags that take no value, as in `-fsSLk`. */
const unverified = /^(?:--insecure$|--no-check-certificate$|-[fsSLgGiIvNRq#]{0,12}k)/;
const inside = /(?:\$\(|`|<\()\s*(?:curl|wget)\b[^)`]*/;

/** One of these is in every text that holds a bypass: most steps need no closer look. */
const signs = 'trusted unauthenticated force-yes insecure gpg nosignature nodigest strict-ssl curl wget'.split(' ');

/** The first command of a step that installs or runs something without checking where it comes from. */
export const bypassIn = (step: BuildStep): string | undefined => {
  const text = step.text.toLowerCase();
  if (!signs.some((sign) => text.includes(sign))) return undefined;
  const commands = commandsOf(step);
  const lastRun = lastRunsOf(commands);
  const found = commands.find((command, index) => isBypass(command, index, lastRun));
  return found?.words.join(' ').slice(0, 200);
};

const isBypass = (command: ShellCommand, index: number, lastRun: ReadonlyMap<string, number>): boolean => {
  const { words } = command;
  const pattern = flags.get(packageManagerOf(words));
  return (
    (pattern !== undefined && words.some((word) => pattern.test(word))) ||
    settings.test(words.join(' ')) ||
    runsUnverifiedFetch(command, index, lastRun)
  );
};

/** `curl -k … | sh`, `curl http://… | sh`, `curl -k -o x …; sh x`, `sh -c "$(curl -k …)"`. */
const runsUnverifiedFetch = (
  { words, pipedInto }: ShellCommand,
  index: number,
  lastRun: ReadonlyMap<string, number>,
): boolean => {
  const program = programOf(words);
  if (interpreters.has(program)) {
    const fetch = words.map((word) => inside.exec(word)?.[0]).find((text) => text !== undefined);
    return fetch !== undefined && isUnverified(fetch.split(/\s+/));
  }
  if (
    !fetchers.has(program) ||
    !isUnverified(program === 'wget' ? words.filter((word) => !/^-[^-]/.test(word)) : words)
  )
    return false;
  if (pipedInto !== undefined && interpreters.has(programOf(pipedInto))) return true;
  const file = savedAs(words);
  return file !== undefined && (lastRun.get(file) ?? -1) > index;
};

const isUnverified = (words: readonly string[]): boolean =>
  words.some((word) => unverified.test(word) || word.toLowerCase().startsWith('http://'));

/** The name of the file that a download goes to. */
const savedAs = (words: readonly string[]): string | undefined => {
  const option = words.findIndex((word) => /^(?:-o|--output|-O|--output-document|>)$/.test(word));
  const named = option < 0 ? undefined : words[option + 1];
  const isNamed = named !== undefined && !named.startsWith('-') && !/^https?:/i.test(named);
  const target = isNamed ? named : words.find((word) => /^https?:\/\//i.test(word))?.replace(/[?#].*$/, '');
  const base = target?.slice(target.lastIndexOf('/') + 1);
  return base === undefined || base === '' ? undefined : base;
};

const installers = new Set(['dpkg', 'rpm', 'apt', 'apt-get', 'dnf', 'yum', 'pip', 'pip3', 'chmod', 'install']);

/** For each file name the place of the last command that runs it, or hands it to what runs or installs it. */
const lastRunsOf = (commands: readonly ShellCommand[]): ReadonlyMap<string, number> => {
  const lastRun = new Map<string, number>();
  for (const [index, { words }] of commands.entries()) {
    const program = programOf(words);
    const handsOver = interpreters.has(program) || installers.has(program);
    for (const word of handsOver ? words : words.slice(0, 1)) lastRun.set(programOf([word]), index);
  }
  return lastRun;
};

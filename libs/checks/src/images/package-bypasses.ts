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

/** The first command of a step that installs or runs something without checking where it comes from. */
export const bypassIn = (commands: readonly ShellCommand[]): string | undefined => {
  const found = commands.find((command, index) => isBypass(command, commands, index));
  return found?.words.join(' ').slice(0, 200);
};

const isBypass = (command: ShellCommand, all: readonly ShellCommand[], index: number): boolean => {
  const { words } = command;
  const pattern = flags.get(packageManagerOf(words));
  return (
    (pattern !== undefined && words.some((word) => pattern.test(word))) ||
    words.some((word) => settings.test(word)) ||
    settings.test(words.slice(0, 40).join(' ')) ||
    runsUnverifiedFetch(command, all, index)
  );
};

/** `curl -k … | sh`, `curl http://… | sh`, `curl -k -o x …; sh x`, `sh -c "$(curl -k …)"`. */
const runsUnverifiedFetch = (
  { words, pipedInto }: ShellCommand,
  all: readonly ShellCommand[],
  index: number,
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
  return file !== undefined && all.some((command, at) => at > index && runs(command.words, file));
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

/** Whether a later command runs a file or hands it to what runs or installs it. */
const runs = (words: readonly string[], file: string): boolean => {
  const names = words.map((word) => word.slice(word.lastIndexOf('/') + 1));
  const program = names[0] ?? '';
  return program === file || ((interpreters.has(program) || installers.has(program)) && names.slice(1).includes(file));
};

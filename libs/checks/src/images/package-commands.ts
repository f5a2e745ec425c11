import { programOf } from './shell-commands.ts';

export type PackageManager = 'apt' | 'dnf' | 'zypper' | 'apk' | 'rpm' | 'dpkg' | 'pip' | 'npm';

/** Programs of one kind share their index. */
const managers: ReadonlyMap<string, PackageManager> = new Map([
  ['apt', 'apt'],
  ['apt-get', 'apt'],
  ['aptitude', 'apt'],
  ['yum', 'dnf'],
  ['dnf', 'dnf'],
  ['dnf5', 'dnf'],
  ['microdnf', 'dnf'],
  ['tdnf', 'dnf'],
  ['zypper', 'zypper'],
  ['apk', 'apk'],
  ['rpm', 'rpm'],
  ['dpkg', 'dpkg'],
  ['pip', 'pip'],
  ['pip3', 'pip'],
  ['npm', 'npm'],
  ['yarn', 'npm'],
  ['pnpm', 'npm'],
]);

const anyManager = /apt|yum|dnf|zypper|apk|rpm|dpkg|pip|npm|yarn/;
/** Whether a text holds the name of a package manager at all: most steps do not, and need not be split. */
export const mayUseManager = (text: string): boolean => anyManager.test(text);

export const packageManagerOf = (words: readonly string[]): PackageManager | undefined =>
  managers.get(programOf(words));

/** Options before the verb that take a value of their own: `apt-get -o A=b -t stable update`. */
const withValue = new Set([
  '-o',
  '-t',
  '-c',
  '-x',
  '--option',
  '--target-release',
  '--config-file',
  '--root',
  '-p',
  '-X',
]);

export const verbOf = (words: readonly string[]): string | undefined => {
  for (let at = 1; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (!word.startsWith('-')) return word;
    if (withValue.has(word)) at += 1;
  }
  return undefined;
};

const refreshing: Partial<Record<PackageManager, readonly string[]>> = {
  apt: ['update'],
  apk: ['update'],
  zypper: ['refresh', 'ref'],
  // Their `update` is an upgrade.
  dnf: ['makecache'],
};

const using: Partial<Record<PackageManager, readonly string[]>> = {
  apt: [
    'install',
    'reinstall',
    'upgrade',
    'dist-upgrade',
    'full-upgrade',
    'safe-upgrade',
    'build-dep',
    'download',
    'source',
    'satisfy',
  ],
  apk: ['add', 'upgrade', 'fix', 'fetch'],
  zypper: ['install', 'in', 'update', 'up', 'patch', 'dist-upgrade', 'dup', 'source-install', 'si'],
  dnf: [
    'install',
    'reinstall',
    'update',
    'upgrade',
    'update-minimal',
    'upgrade-minimal',
    'distro-sync',
    'groupinstall',
    'group',
    'localinstall',
    'builddep',
    'swap',
    'module',
  ],
};

export const refreshesIndex = (words: readonly string[]): PackageManager | undefined => {
  const manager = packageManagerOf(words);
  const verb = verbOf(words);
  return manager !== undefined && verb !== undefined && refreshing[manager]?.includes(verb) === true
    ? manager
    : undefined;
};

/** The manager whose index a command installs or upgrades from. */
export const usesIndex = (words: readonly string[]): PackageManager | undefined => {
  const manager = packageManagerOf(words);
  const verb = verbOf(words);
  return manager !== undefined && verb !== undefined && using[manager]?.includes(verb) === true ? manager : undefined;
};

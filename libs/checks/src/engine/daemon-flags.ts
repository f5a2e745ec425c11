import type { HostFiles } from '@plimsoll/snapshot';
import { programOf, startCommandOf, unitOf } from './systemd-units.ts';

/** How an option of dockerd is spelled on its command line and in daemon.json. */
export interface DaemonOption {
  /** Every spelling on the command line, e.g. `['--host', '-H']`. */
  readonly flags: readonly string[];
  readonly key: string;
  /** A switch takes no word of its own after it. */
  readonly isSwitch?: boolean;
}

/** The value of an option and where it stands; `default` where neither place names it. */
export type DaemonOptionValue =
  | { readonly state: 'set'; readonly values: readonly string[]; readonly source: string }
  | { readonly state: 'default' }
  | { readonly state: 'unseen'; readonly reason: string };

/** The words with which systemd starts dockerd. `absent`: it starts no dockerd. */
export const daemonCommandOf = (facts: HostFiles): readonly string[] | 'absent' | undefined => {
  const unit = unitOf(facts, 'docker.service');
  return unit === undefined || unit === 'absent' ? unit : startCommandOf(facts, unit);
};

/** The path of the dockerd in use, as the unit names it. */
export const daemonProgramOf = (facts: HostFiles): string | 'absent' | undefined => {
  const command = daemonCommandOf(facts);
  return command === undefined || command === 'absent' ? command : programOf(command[0]);
};

/** All values a flag is given on a command line; a switch without a value is `true`. */
export const flagValuesIn = (words: readonly string[], { flags, isSwitch }: Omit<DaemonOption, 'key'>): string[] => {
  const values: string[] = [];
  for (let at = 1; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const equals = word.indexOf('=');
    const name = equals < 0 ? word : word.slice(0, equals);
    const short = flags.find((flag) => !flag.startsWith('--') && word.startsWith(flag) && word.length > flag.length);
    if (flags.includes(name) && equals >= 0) values.push(word.slice(equals + 1));
    else if (flags.includes(word) && isSwitch === true) values.push('true');
    else if (flags.includes(word)) {
      at += 1;
      values.push(words[at] ?? '');
    } else if (short !== undefined) values.push(word.slice(short.length).replace(/^=/, ''));
  }
  return values;
};

const asTexts = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).map((item) => (typeof item === 'string' ? item : JSON.stringify(item)));

/**
 * What an option of the daemon is configured to: the command line after drop-ins and variables, then daemon.json. The
 * daemon refuses to start with one option in both, so a host that has both was changed since the start, and nobody can
 * tell which holds. A value in the file is believed only when the command line was read too; a flag needs no file.
 */
export const daemonOptionOf = (facts: HostFiles, option: DaemonOption): DaemonOptionValue => {
  const command = daemonCommandOf(facts);
  if (command === 'absent') return { state: 'unseen', reason: 'systemd starts no dockerd on this host' };
  if (command === undefined) return { state: 'unseen', reason: "the command line of docker.service wasn't seen whole" };
  const given = flagValuesIn(command, option);
  const { state, settings, path = 'daemon.json' } = facts.daemonConfig ?? {};
  if (given.length > 0)
    return settings !== undefined && Object.hasOwn(settings, option.key)
      ? {
          state: 'unseen',
          reason: `${option.key} is named on the command line and in ${path}, one of which is newer than the daemon`,
        }
      : { state: 'set', values: given, source: 'docker.service ExecStart' };
  if (state === 'absent') return { state: 'default' };
  if (state !== 'read' || settings === undefined) return { state: 'unseen', reason: `${path} wasn't read` };
  return Object.hasOwn(settings, option.key)
    ? { state: 'set', values: asTexts(settings[option.key]), source: `${path} ${option.key}` }
    : { state: 'default' };
};

/** A switch as Go reads it; undefined where the daemon would refuse to start with it. */
export const switchOf = (text: string | undefined): boolean | undefined => {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text ?? '')) return true;
  return ['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text ?? '') ? false : undefined;
};

/** Whether a switch is on; undefined where it wasn't seen. */
export const isOn = (value: DaemonOptionValue): boolean | undefined => {
  if (value.state === 'unseen') return undefined;
  return value.state === 'set' && switchOf(value.values.at(-1)) !== false;
};

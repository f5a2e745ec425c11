/** Programs that run another one, which their arguments name. */
const wrappers = new Set(
  [
    'sh bash ash dash zsh busybox',
    'tini tini-static dumb-init docker-init catatonit s6-svscan',
    'su-exec gosu setpriv env nohup setsid nice ionice chroot timeout',
  ].flatMap((names) => names.split(' ')),
);
const isWrapper = (program: string): boolean => wrappers.has(program) || /\.sh$|entrypoint/.test(program);

/** Words of a shell that stand before a command. */
const beforeCommand = new Set(['exec', 'then', 'do', 'else', 'if', 'while', 'until', 'time', 'command', 'sudo', '!']);

/**
 * The program of a command line: its first word without folder and without the colon that daemons append when they
 * retitle themselves. `/usr/sbin/sshd -D`, `sshd: root@pts/0` and `sshd: /usr/sbin/sshd -D [listener] …` are all sshd.
 * Undefined where there is no word.
 */
export const programName = (command: string): string | undefined => {
  const start = command.trimStart();
  const end = start.search(/\s/);
  const word = (end < 0 ? start : start.slice(0, end)).replace(/:$/, '');
  return word.slice(word.lastIndexOf('/') + 1).replace(/\.exe$/i, '') || undefined;
};

/** The programs that a container's command runs: its own, and those named to a shell or init that it begins with. */
export const programsNamed = (path: string, args: readonly string[]): string[] => {
  const program = programName(path);
  if (program === undefined) return [];
  if (!isWrapper(program)) return [program];
  return [program, ...args.flatMap(commandsIn).flatMap((command) => programName(command) ?? [])];
};

/** An argument is a program itself or a script: every place in it where a command begins. */
const commandsIn = (argument: string): string[] =>
  argument.split(/[;&|(){}\n]+/).map((command) => {
    const words = command.trim().split(/\s+/);
    const first = words.findIndex((word) => !beforeCommand.has(word) && !/^\w+=/.test(word));
    return first < 0 ? '' : (words[first] ?? '');
  });

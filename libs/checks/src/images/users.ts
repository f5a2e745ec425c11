/** What the user part of `Config.User` (`USER[:GROUP]`) says of the user. */
export type NamedUser = 'root' | 'number' | 'name';

/**
 * `0`, `00`, `+0:1000`, `root:staff` and nothing at all are root; another number is certain, another name is one that
 * the image's /etc/passwd could still map to 0. The group does not matter.
 */
export const namedUserOf = (configUser: string): NamedUser => {
  const user = (configUser.split(':', 1)[0] ?? '').trim();
  if (user === '' || user === 'root') return 'root';
  if (!/^[+-]?\d+$/.test(user)) return 'name';
  return Number(user) === 0 ? 'root' : 'number';
};

/**
 * Whether `Config.User` is root: empty, `root`, `0`, each with or without a group. Undefined where it was not seen.
 * The engine copies the image's user here when it makes the container.
 */
export const isRootUser = (user: string | undefined): boolean | undefined => {
  if (user === undefined) return undefined;
  const name = user.split(':', 1)[0] ?? '';
  return name === '' || name === 'root' || /^[+-]?0+$/.test(name);
};

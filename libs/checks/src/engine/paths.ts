import type { JudgingContext } from './context.ts';

/** Folders that current distributions keep as links into /usr, and /var/run, one into /run. */
const linkedFolders: ReadonlyMap<string, string> = new Map([
  ['/bin', '/usr/bin'],
  ['/sbin', '/usr/sbin'],
  ['/lib', '/usr/lib'],
  ['/lib32', '/usr/lib32'],
  ['/lib64', '/usr/lib64'],
  ['/libx32', '/usr/libx32'],
  ['/var/run', '/run'],
  ['/var/lock', '/run/lock'],
]);

/** Where Docker Desktop's virtual machine shows the files of the person's own machine. */
const desktopPrefixes = ['/host_mnt', '/run/desktop/mnt/host'];

/**
 * A host path spelled one way, so that whole components can be compared: without `.`, `..`, doubled and trailing
 * slashes, with the distributions' usual links resolved and Docker Desktop's prefixes cut. Named pipes of Windows
 * come back in lower case, otherwise as they are.
 */
export const cleanPath = (path: string, context?: JudgingContext): string => {
  if (path.startsWith('\\\\')) return path.toLowerCase();
  const components: string[] = [];
  for (const component of path.split('/')) {
    if (component === '..') components.pop();
    else if (component !== '' && component !== '.') components.push(component);
  }
  return withLinksResolved(withoutDesktopPrefix(`/${components.join('/')}`, context));
};

const withoutDesktopPrefix = (path: string, context: JudgingContext | undefined): string => {
  // Elsewhere these are ordinary folders.
  if (context?.info?.OperatingSystem?.startsWith('Docker Desktop') !== true) return path;
  const prefix = desktopPrefixes.find((candidate) => isWithin(path, candidate));
  return prefix === undefined ? path : path.slice(prefix.length) || '/';
};

const withLinksResolved = (path: string): string => {
  const second = path.indexOf('/', 1);
  const third = second < 0 ? -1 : path.indexOf('/', second + 1);
  for (const end of [second, third]) {
    const folder = end < 0 ? path : path.slice(0, end);
    const target = linkedFolders.get(folder);
    if (target !== undefined) return target + path.slice(folder.length);
  }
  return path;
};

/** Whether a clean path is the folder itself or lies in it, by whole components: /etcd is not within /etc. */
export const isWithin = (path: string, folder: string): boolean =>
  path === folder || folder === '/' || (path.startsWith(folder) && path[folder.length] === '/');

/** Whether a clean path lies above another one, so that mounting it shows the other. */
export const isAbove = (path: string, other: string): boolean => path !== other && isWithin(other, path);

/** Linux opens no longer path (PATH_MAX), so no folder that matters has one. */
const longestPath = 4096;

/** The folders above a clean path, nearest first, down to the root; none above the root itself. */
export const foldersAbove = (path: string): string[] => {
  const folders: string[] = [];
  for (let end = path.lastIndexOf('/', longestPath); end > 0; end = path.lastIndexOf('/', end - 1))
    folders.push(path.slice(0, end));
  return path === '/' ? folders : [...folders, '/'];
};

/** The last component of a clean path. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

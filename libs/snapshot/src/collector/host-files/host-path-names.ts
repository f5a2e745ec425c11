/** Whether a path is the folder itself or lies in it, by whole components. */
export const isWithin = (path: string, folder: string): boolean =>
  path === folder || (path.startsWith(folder) && path[folder.length] === '/');

/** Without `.`, `..`, doubled and trailing slashes; links stay as they are. */
export const spelledOut = (path: string): string => {
  const components: string[] = [];
  for (const component of path.split('/')) {
    if (component === '..') components.pop();
    else if (component !== '' && component !== '.') components.push(component);
  }
  return `/${components.join('/')}`;
};

/** Links at the top of current distributions, which no mount shows. */
const usualLinks: readonly (readonly [string, string])[] = [
  ['/bin', '/usr/bin'],
  ['/sbin', '/usr/sbin'],
  ['/lib', '/usr/lib'],
  ['/lib64', '/usr/lib64'],
  ['/var/run', '/run'],
];

export const withUsualLinks = (path: string): string => {
  const [link, target] = usualLinks.find(([folder]) => isWithin(path, folder)) ?? [];
  return link === undefined || target === undefined ? path : target + path.slice(link.length);
};

/** The last component. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
export const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));

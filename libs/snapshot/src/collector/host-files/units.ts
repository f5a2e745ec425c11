import type { HostMount, HostUnit } from '../../schema/host-files.ts';
import { redactMapEntry } from '../../redaction/redact-text.ts';
import { baseName } from './host-path-names.ts';
import type { HostView } from './host-view.ts';
import { parseUnitFile } from './unit-file.ts';

/** The folders of the system's units, first wins. @see systemd.unit(5) */
const unitFolders = [
  '/etc/systemd/system.control',
  '/run/systemd/system.control',
  '/run/systemd/transient',
  '/run/systemd/generator.early',
  '/etc/systemd/system',
  '/etc/systemd/system.attached',
  '/run/systemd/system',
  '/run/systemd/system.attached',
  '/run/systemd/generator',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
  '/run/systemd/generator.late',
];

/** What an administrator set up: few files, and the links that say what starts. */
export const ownUnitFolder = '/etc/systemd/system';
const unitBytes = 64 * 1024;
/** Other units' content is of no use here, and may hold what is nobody's business. */
const wantedUnit = /\/(?:docker|containerd|audit)[^/]*(?:\/[^/]+)?$|\/(?:service|socket)\.d\/[^/]+$|\.mount$/u;
const ownTree = { limitEntries: 3_000, wantedBytes: (path: string) => (wantedUnit.test(path) ? unitBytes : 0) };
const dropInTree = { limitEntries: 200, wantedBytes: () => unitBytes };

/** Folders that exist, each once: where /lib is a link into /usr, both show the same folder. */
const foldersOf = async (view: HostView): Promise<readonly string[] | undefined> => {
  const folders: string[] = [];
  const times = new Set<string>();
  for (const folder of unitFolders) {
    const looked = await view.look(folder);
    if (looked.state === 'unseen') {
      // The old place of units: where it is no folder of its own, nothing shows it.
      if (folder === '/lib/systemd/system') continue;
      return undefined;
    }
    if (looked.state === 'absent' || looked.entry.kind !== 'folder') continue;
    const { modifiedAt } = looked.entry;
    if (folder === '/lib/systemd/system' && modifiedAt !== undefined && times.has(modifiedAt)) continue;
    if (folder === '/usr/lib/systemd/system' && modifiedAt !== undefined) times.add(modifiedAt);
    folders.push(folder);
  }
  return folders;
};

/** Folders of drop-ins for a unit, the most specific first: `a-b.service.d`, `a-.service.d`, `service.d`. */
const dropInFolders = (unit: string): string[] => {
  const dot = unit.lastIndexOf('.');
  const [stem, type] = [unit.slice(0, dot), unit.slice(dot + 1)];
  const prefixes: string[] = [];
  for (let dash = stem.lastIndexOf('-'); dash > 0; dash = stem.lastIndexOf('-', dash - 1))
    prefixes.push(`${stem.slice(0, dash + 1)}.${type}.d`);
  return [`${unit}.d`, ...prefixes, `${type}.d`];
};

/** Paths of the drop-ins that count, by file name; `undefined` where a folder could not be read. */
const dropInsOf = async (view: HostView, folders: readonly string[], unit: string): Promise<string[] | undefined> => {
  const byName = new Map<string, string>();
  for (const kind of dropInFolders(unit)) {
    for (const folder of folders) {
      const found = await view.tree(`${folder}/${kind}`, dropInTree);
      if (found === undefined) return undefined;
      if (found === 'absent') continue;
      for (const path of found) {
        const name = baseName(path);
        if (name.endsWith('.conf') && !byName.has(name)) byName.set(name, path);
      }
    }
  }
  const paths: string[] = [];
  for (const [, path] of [...byName].toSorted(([left], [right]) => (left < right ? -1 : 1))) {
    if (!(await isMasked(view, path))) paths.push(path);
  }
  return paths;
};

/** A link to /dev/null, or an empty file. */
const isMasked = async (view: HostView, path: string): Promise<boolean> => {
  const looked = await view.lookAtItself(path);
  if (looked.state !== 'found') return false;
  const { kind, linkTarget, sizeBytes } = looked.entry;
  return kind === 'link' ? linkTarget === '/dev/null' : kind === 'file' && sizeBytes === 0;
};

const readUnit = async (view: HostView, folders: readonly string[], name: string): Promise<HostUnit | undefined> => {
  for (const folder of folders) {
    const path = `${folder}/${name}`;
    const itself = await view.lookAtItself(path);
    if (itself.state === 'unseen') return undefined;
    if (itself.state === 'absent') continue;
    if (await isMasked(view, path)) return { path, masked: true, dropIns: [], assignments: [] };
    const dropIns = await dropInsOf(view, folders, name);
    return { path, masked: false, dropIns, assignments: await assignmentsOf(view, path, dropIns) };
  }
  return { path: null, masked: false, dropIns: [], assignments: [] };
};

const assignmentsOf = async (
  view: HostView,
  path: string,
  dropIns: readonly string[] | undefined,
): Promise<NonNullable<HostUnit['assignments']> | undefined> => {
  if (dropIns === undefined) return undefined;
  const assignments: NonNullable<HostUnit['assignments']> = [];
  for (const file of [path, ...dropIns]) {
    const text = await view.text(file, unitBytes);
    if (text === undefined || text === 'absent') return undefined;
    for (const { section, key, value } of parseUnitFile(text))
      // systemd knows no other keys; what else stands there is nobody's business.
      if (/^[A-Z][A-Za-z0-9]{0,60}$/u.test(key))
        assignments.push({ file, section, key, value: redactMapEntry(key, value, '', () => undefined) });
  }
  return assignments;
};

/** The units that checks ask for, by name. */
export const readUnits = async (
  view: HostView,
  names: readonly string[],
): Promise<Record<string, HostUnit> | undefined> => {
  await view.tree(ownUnitFolder, ownTree); // one request for what would take dozens
  await view.lookAhead(unitFolders);
  const folders = await foldersOf(view);
  if (folders === undefined) return undefined;
  const besides = names.flatMap((name) => [name, ...dropInFolders(name)]);
  await view.lookAhead(folders.flatMap((folder) => besides.map((name) => `${folder}/${name}`)));
  const units: [string, HostUnit][] = [];
  for (const name of names) {
    const unit = await readUnit(view, folders, name);
    if (unit !== undefined) units.push([name, unit]);
  }
  return Object.fromEntries(units);
};

/** Links below `*.wants` and `*.requires` of the administrator's folder, and the older start scripts. */
export const readEnabledUnits = async (view: HostView): Promise<{ unit: string; wantedBy: string }[] | undefined> => {
  const enabled: { unit: string; wantedBy: string }[] = [];
  const own = await view.tree(ownUnitFolder, ownTree);
  if (own === undefined) return undefined;
  for (const path of own === 'absent' ? [] : own) {
    const [, wantedBy, unit] = /\/([^/]+)\.(?:wants|requires)\/([^/]+)$/u.exec(path) ?? [];
    if (wantedBy !== undefined && unit !== undefined) enabled.push({ unit, wantedBy });
  }
  for (const level of ['rc2.d', 'rc3.d', 'rc4.d', 'rc5.d']) {
    const scripts = await view.tree(`/etc/${level}`, { limitEntries: 500, wantedBytes: () => 0 });
    if (scripts === undefined) return undefined;
    for (const path of scripts === 'absent' ? [] : scripts) {
      const name = baseName(path);
      const isKnown = enabled.some(({ unit }) => unit === name);
      if (/^S\d\d/u.test(name) && !isKnown) enabled.push({ unit: name, wantedBy: level });
    }
  }
  return enabled;
};

/** `.mount` units: the administrator's, and those that systemd made of fstab at start. */
export const readMountUnits = async (view: HostView): Promise<HostMount[] | undefined> => {
  const mounts: HostMount[] = [];
  for (const folder of [ownUnitFolder, '/run/systemd/generator']) {
    const paths = await view.tree(folder, ownTree);
    if (paths === undefined) return undefined;
    for (const path of paths === 'absent' ? [] : paths) {
      const isUnit = path.endsWith('.mount') && path.lastIndexOf('/') === folder.length;
      if (!isUnit || (await isMasked(view, path))) continue;
      const text = await view.text(path, unitBytes);
      if (text === undefined || text === 'absent') return undefined;
      mounts.push(mountOf(parseUnitFile(text).filter(({ section }) => section === 'Mount')));
    }
  }
  return mounts;
};

const mountOf = (assignments: readonly { key: string; value: string }[]): HostMount => {
  const last = (key: string): string => assignments.findLast((one) => one.key === key)?.value ?? '';
  const options = last('Options');
  return {
    source: last('What'),
    where: last('Where'),
    type: last('Type') || 'auto',
    options: options === '' ? [] : options.split(','),
  };
};

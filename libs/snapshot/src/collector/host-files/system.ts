import type { HostFiles, HostMount } from '../../schema/host-files.ts';
import { redactMapEntry, redactText } from '../../redaction/redact-text.ts';
import { baseName } from './host-path-names.ts';
import type { HostView } from './host-view.ts';
import { readMountUnits } from './units.ts';

const fileBytes = 512 * 1024;
const ruleLimit = 5_000;
const auditTree = {
  limitEntries: 300,
  wantedBytes: (path: string) => (path.endsWith('.rules') ? fileBytes : 0),
};

/** The rules of the audit system as its files hold them. */
export const readAudit = async (view: HostView): Promise<HostFiles['audit']> => {
  const found = await view.tree('/etc/audit', auditTree);
  if (found === undefined) return undefined;
  if (found === 'absent') return { installed: false, files: [] };
  const files: { path: string; lines: string[] | undefined }[] = [];
  for (const path of found.filter((one) => /^\/etc\/audit\/(?:audit\.rules|rules\.d\/[^/]+\.rules)$/u.test(one))) {
    const text = await view.text(path, fileBytes);
    // What auditctl takes begins with a dash; nothing else in the file is anybody's business.
    const lines = text?.split('\n').filter((line) => /^\s*-[A-Za-z]/u.test(line));
    files.push({ path, lines: lines !== undefined && lines.length <= ruleLimit ? lines : undefined });
  }
  return { installed: true, files };
};

/** What the host mounts at start: its table, then units. */
export const readMounts = async (view: HostView): Promise<HostMount[] | undefined> => {
  const text = await view.text('/etc/fstab', fileBytes);
  const units = await readMountUnits(view);
  if (text === undefined || units === undefined) return undefined;
  return [...(text === 'absent' ? [] : fstabMounts(text)), ...units];
};

/** @see fstab(5): blanks in a field are written as `\040`. */
export const fstabMounts = (text: string): HostMount[] =>
  text.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/u);
    const [source, where, type, options = 'defaults'] = fields.map((field) =>
      field.replaceAll(/\\([0-7]{3})/gu, (_all, code: string) => String.fromCodePoint(Number.parseInt(code, 8))),
    );
    if (source === undefined || source.startsWith('#') || where === undefined || type === undefined) return [];
    return where.startsWith('/') ? [{ source, where, type, options: options.split(',') }] : [];
  });

/** First folder wins for files of one name; files apply by name over all folders. @see sysctl.d(5) */
const sysctlFolders = [
  '/etc/sysctl.d',
  '/run/sysctl.d',
  '/usr/local/lib/sysctl.d',
  '/usr/lib/sysctl.d',
  '/lib/sysctl.d',
];

export const readSysctls = async (view: HostView): Promise<Record<string, string> | undefined> => {
  const byName = new Map<string, string>();
  await view.lookAhead(sysctlFolders);
  for (const folder of sysctlFolders) {
    const found = await view.tree(folder, { limitEntries: 200, wantedBytes: () => fileBytes });
    // The old place; where it is a link into /usr, nothing shows it.
    if (found === undefined && folder === '/lib/sysctl.d') continue;
    if (found === undefined) return undefined;
    for (const path of found === 'absent' ? [] : found) {
      const name = baseName(path);
      if (name.endsWith('.conf') && !byName.has(name)) byName.set(name, path);
    }
  }
  const settings = new Map<string, string>();
  for (const [, path] of [...byName].toSorted(([left], [right]) => (left < right ? -1 : 1))) {
    const text = await view.text(path, fileBytes);
    // A link to /dev/null or to nothing switches a file off.
    if (text === undefined && !(await leadsNowhere(view, path))) return undefined;
    for (const [key, value] of sysctlsIn(text ?? '')) settings.set(key, value);
  }
  return Object.fromEntries(settings);
};

const leadsNowhere = async (view: HostView, path: string): Promise<boolean> => {
  const looked = await view.lookAtItself(path);
  return looked.state === 'found' && looked.entry.linkTarget === '/dev/null';
};

/** A key may be written with slashes instead of dots, and `-` before it forgives failure. */
export const sysctlsIn = (text: string): [string, string][] =>
  text.split('\n').flatMap((line): [string, string][] => {
    if (/^\s*(?:[#;]|$)/u.test(line)) return [];
    const [, written = '', value = ''] = /^\s*-?\s*([^=\s]+)\s*=\s*(.*?)\s*$/u.exec(line) ?? [];
    if (written === '') return [];
    const firstDot = written.indexOf('.');
    const firstSlash = written.indexOf('/');
    const isSlashed = firstSlash >= 0 && (firstDot < 0 || firstSlash < firstDot);
    const swapped = written.replaceAll(/[./]/gu, (sign) => (sign === '.' ? '/' : '.'));
    const key = isSlashed ? swapped : written;
    return [[key, redactMapEntry(key, value, '', () => undefined)]];
  });

/** Words for the kernel from the boot loader's settings: GRUB's defaults, else the file of kernel-install. */
export const readKernelCommandLine = async (view: HostView): Promise<string[] | null | undefined> => {
  const grub = await view.text('/etc/default/grub', fileBytes);
  if (grub === undefined) return undefined;
  if (grub !== 'absent') return grubWords(grub);
  const plain = await view.text('/etc/kernel/cmdline', fileBytes);
  if (plain === undefined) return undefined;
  return plain === 'absent' ? null : wordsIn(plain);
};

const wordsIn = (text: string): string[] =>
  redactText(text, '', () => undefined)
    .split(/\s+/u)
    .filter((word) => word !== '');

export const grubWords = (text: string): string[] => {
  const valueOf = (name: string): string =>
    [...text.matchAll(new RegExp(`^\\s*(?:export\\s+)?${name}=(.*)$`, 'gmu'))]
      .at(-1)?.[1]
      ?.trim()
      .replace(/^(["'])(.*)\1.*$/u, '$2') ?? '';
  return ['GRUB_CMDLINE_LINUX', 'GRUB_CMDLINE_LINUX_DEFAULT'].flatMap((name) => wordsIn(valueOf(name)));
};

/**
 * Options of the running kernel that are built in. Modules (`=m`) are left out: thousands, and no check asks for one.
 * @param release `KernelVersion` of `/info`
 */
export const readKernelOptions = async (
  view: HostView,
  release: string | undefined,
): Promise<Record<string, string> | null | undefined> => {
  if (release === undefined || !/^[\w.+~-]{1,100}$/u.test(release)) return undefined;
  const text = await view.text(`/boot/config-${release}`, 1024 * 1024);
  if (text === undefined) return undefined;
  if (text === 'absent') return null;
  const options = [...text.matchAll(/^(CONFIG_\w+)=(y)$/gmu)].slice(0, 10_000);
  return Object.fromEntries(options.map(([, name = '', value = '']) => [name, value]));
};

import type { HostFiles, HostUnit } from '../../schema/host-files.ts';
import { redactMapEntry, redactText } from '../../redaction/redact-text.ts';
import { commandOf, flagIn, valuesOf, variablesOf } from './command-line.ts';
import type { HostView } from './host-view.ts';

type EnvironmentFiles = NonNullable<HostFiles['environmentFiles']>;
type DaemonConfig = NonNullable<HostFiles['daemonConfig']>;
type ContainerdConfig = NonNullable<HostFiles['containerdConfig']>;

const fileBytes = 256 * 1024;
const noSight = (): undefined => undefined;

/** Variables that say where the daemon's certificates are, whether or not the command line names them. */
const meaningful = new Set(['DOCKER_CERT_PATH', 'DOCKER_CONFIG', 'DOCKER_TLS_VERIFY']);

/** The environment files of a unit, with only those variables that its command line or the daemon itself uses. */
export const readEnvironmentFiles = async (view: HostView, unit: HostUnit | undefined): Promise<EnvironmentFiles> => {
  const commands = valuesOf(unit, 'Service', 'ExecStart').join(' ');
  const used = new Set([...commands.matchAll(/\$\{?([A-Za-z_]\w*)/gu)].map(([, name]) => name));
  const files: EnvironmentFiles = {};
  for (const written of valuesOf(unit, 'Service', 'EnvironmentFile').slice(0, 20)) {
    const path = written.replace(/^-/u, '');
    const text = await view.text(path, fileBytes);
    if (text === 'absent') files[path] = null;
    else if (text !== undefined) files[path] = variablesIn(text, used);
  }
  return files;
};

/** @see systemd.exec(5), EnvironmentFile */
const variablesIn = (text: string, used: ReadonlySet<string | undefined>): Record<string, string> => {
  const variables: [string, string][] = [];
  for (const line of text.replaceAll('\\\n', '').split('\n')) {
    const [, name, value = ''] = /^\s*(?:export\s+)?([A-Za-z_]\w*)=(.*)$/u.exec(line) ?? [];
    if (name === undefined || !(used.has(name) || meaningful.has(name))) continue;
    const bare = value.trim().replace(/^(["'])(.*)\1$/u, '$2');
    variables.push([name, redactMapEntry(name, bare, '', noSight)]);
  }
  return Object.fromEntries(variables);
};

/** The configuration file that dockerd takes. */
export const readDaemonConfig = async (
  view: HostView,
  unit: HostUnit | undefined,
  environmentFiles: EnvironmentFiles,
): Promise<DaemonConfig> => {
  const words = commandOf(unit, variablesOf(unit, environmentFiles));
  const path = flagIn(words, '--config-file') ?? '/etc/docker/daemon.json';
  const text = await view.text(path, fileBytes);
  if (text === 'absent') return { path, state: 'absent' };
  if (text === undefined) return { path, state: 'unreadable' };
  try {
    const settings: unknown = JSON.parse(text.replace(/^\uFEFF/u, ''));
    if (typeof settings !== 'object' || settings === null || Array.isArray(settings))
      return { path, state: 'malformed' };
    return { path, state: 'read', settings: Object.fromEntries(Object.entries(settings).map(redactedSetting)) };
  } catch {
    return { path, state: 'malformed' };
  }
};

/** Options of log drivers and plugins hold tokens under names of their own. */
const redactedSetting = ([key, value]: [string, unknown]): [string, unknown] => {
  if (typeof value === 'string') return [key, redactMapEntry(key, value, '', noSight)];
  if (Array.isArray(value))
    return [
      key,
      value.map((item: unknown) => (typeof item === 'string' ? redactText(item, '', noSight) : redactedIn(item))),
    ];
  return [key, redactedIn(value)];
};

const redactedIn = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(redactedSetting)) : value;

/** The file that containerd takes; a containerd that dockerd starts by itself has one that dockerd writes. */
export const readContainerdConfig = async (view: HostView, unit: HostUnit | undefined): Promise<ContainerdConfig> => {
  const words = commandOf(unit, variablesOf(unit, {}));
  const path = flagIn(words, '--config', '-c') ?? '/etc/containerd/config.toml';
  const text = await view.text(path, fileBytes);
  if (text === 'absent') return { path, state: 'absent' };
  if (text === undefined) return { path, state: 'unreadable' };
  return { path, ...containerdSettings(text) };
};

/** A table of the file that names the socket: `[grpc]`, or since version 4 of the file that of a plugin. */
const isGrpc = (table: string): boolean =>
  table === 'grpc' || /^plugins\.["']io\.containerd\.(?:server|grpc)\.v1\.grpc["']$/u.test(table);

/**
 * The four settings that checks ask for. No whole TOML: what is written in a way that is not understood here makes
 * the file malformed and never a default.
 */
export const containerdSettings = (text: string): Omit<ContainerdConfig, 'path'> => {
  let table = '';
  const found = new Map<string, string>();
  for (const raw of text.replaceAll(/\[\s*\n([^\]]*)\]/gu, (all) => all.replaceAll('\n', ' ')).split('\n')) {
    const line = withoutComment(raw).trim();
    if (line === '') continue;
    const heading = /^\[+([^[\]]+)\]+$/u.exec(line)?.[1];
    if (heading !== undefined) {
      table = heading.trim().replace(/^(["'])(\w+)\1$/u, '$2');
      continue;
    }
    const [, key = '', value = ''] = /^([\w."'-]+)\s*=\s*(.*)$/u.exec(line) ?? [];
    if (key === '' && (table === '' || isGrpc(table))) return { state: 'malformed' };
    const name = isGrpc(table) ? `grpc.${key}` : table === '' ? key : '';
    if (['root', 'imports', 'grpc.address', 'grpc.uid', 'grpc.gid'].includes(name)) found.set(name, value);
    // One line for the whole table, or keys with dots across it.
    else if (table === '' && key === 'grpc') return { state: 'malformed' };
  }
  const textAt = (name: string, usual: string): string | undefined => {
    const value = found.get(name);
    return value === undefined ? usual : /^(["'])([^"'\\]*)\1$/u.exec(value)?.[2];
  };
  const numberAt = (name: string): number | undefined => {
    const value = found.get(name) ?? '0';
    return /^\d+$/u.test(value) ? Number(value) : undefined;
  };
  const root = textAt('root', '/var/lib/containerd');
  const address = textAt('grpc.address', '/run/containerd/containerd.sock');
  const [uid, gid] = [numberAt('grpc.uid'), numberAt('grpc.gid')];
  const imports = found.get('imports') ?? '[]';
  if (
    root === undefined ||
    address === undefined ||
    uid === undefined ||
    gid === undefined ||
    !/^\[.*\]$/u.test(imports)
  )
    return { state: 'malformed' };
  const imported = [...imports.matchAll(/["']([^"']*)["']/gu)].map(([, one = '']) => one);
  return { state: 'read', root, grpc: { address, uid, gid }, imports: imported };
};

/** A `#` outside of quotes begins a comment. */
const withoutComment = (line: string): string => /^(?:"[^"]*"|'[^']*'|[^"'#])*/u.exec(line)?.[0] ?? '';

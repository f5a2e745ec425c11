import type { EngineInfo } from '../../schema/engine.ts';
import type { HostFiles } from '../../schema/host-files.ts';
import { commandOf, flagIn, pathsIn, valuesOf, variablesOf } from './command-line.ts';
import { folderOf } from './host-path-names.ts';
import type { HostView } from './host-view.ts';

type Facts = Pick<HostFiles, 'units' | 'environmentFiles' | 'daemonConfig' | 'containerdConfig'>;

/** The folders of the PATH with which systemd starts services. */
const programFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin'];
const shims = ['containerd-shim', 'containerd-shim-runc-v1', 'containerd-shim-runc-v2'];
const tlsNames = ['ca.pem', 'cert.pem', 'key.pem'];
const authorityKeyNames = ['ca-key.pem', 'ca.key'];
/** More than any daemon's configuration names. */
const mentionLimit = 100;

const alwaysLookedAt = [
  '/run/docker.sock',
  '/run/containerd',
  '/run/containerd/containerd.sock',
  '/run/docker/containerd/containerd.sock',
];
const alwaysLookedAtWithOwner = ['/etc/docker', '/etc/default/docker', '/etc/sysconfig/docker'];

/**
 * Looks at every path that a check may ask about: what is there on any host, what the units, environment files and
 * daemon.json name, and where programs are looked up. Owners are asked for where a check judges them.
 */
export const lookAtPlaces = async (
  view: HostView,
  facts: Facts,
  info: EngineInfo | undefined,
  homes: readonly string[],
): Promise<void> => {
  const service = facts.units?.['docker.service'];
  const variables = variablesOf(service, facts.environmentFiles ?? {});
  const words = commandOf(service, variables);
  const settings = facts.daemonConfig?.settings ?? {};

  for (const path of alwaysLookedAtWithOwner) await view.lookWithOwner(path);
  for (const unit of Object.values(facts.units ?? {}))
    for (const path of [unit.path, ...(unit.dropIns ?? [])])
      if (typeof path === 'string') await view.lookWithOwner(path);

  const mentioned = new Set([
    ...words.flatMap(pathsIn),
    ...textsIn(settings).flatMap(pathsIn),
    ...valuesOf(facts.units?.['docker.socket'], 'Socket', 'ListenStream'),
    ...commandOf(facts.units?.['containerd.service'], new Map()).flatMap(pathsIn),
    ...Object.values(info?.Runtimes ?? {}).flatMap(({ path }) => (path?.startsWith('/') === true ? [path] : [])),
    ...(info?.Containerd?.Address === undefined ? [] : pathsIn(info.Containerd.Address)),
    ...[facts.daemonConfig?.path, facts.containerdConfig?.path, facts.containerdConfig?.root].filter(
      (path) => path !== undefined,
    ),
    ...execRoots(words, settings).map((root) => `${root}/containerd/containerd.sock`),
  ]);
  await view.lookAhead([...alwaysLookedAt, ...mentioned].slice(0, mentionLimit));
  for (const path of [...alwaysLookedAt, ...[...mentioned].slice(0, mentionLimit)]) await lookAtMentioned(view, path);

  for (const folder of certificateFolders(variables, homes))
    for (const name of tlsNames) await view.lookWithOwner(`${folder}/${name}`);
  for (const folder of ['/etc/docker', ...homes.map((home) => `${home}/.docker`)])
    for (const name of authorityKeyNames) await view.look(`${folder}/${name}`);

  await lookAtPrograms(view, facts, info);
  const root = dataFolderOf(info);
  if (root !== undefined) await view.look(root);
};

/** Owners are judged of what is configuration or a key, never of a program. */
const lookAtMentioned = async (view: HostView, path: string): Promise<void> => {
  const looked = await view.look(path);
  if (looked.state === 'found' && looked.entry.kind === 'file' && (looked.entry.mode & 0o111) === 0)
    await view.lookWithOwner(path);
};

const textsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
};

const execRoots = (words: readonly string[], settings: Record<string, unknown>): string[] =>
  [flagIn(words, '--exec-root'), settings['exec-root']].filter((root) => typeof root === 'string');

/** Where dockerd looks for ca.pem, cert.pem and key.pem if no option names them. */
const certificateFolders = (variables: ReadonlyMap<string, string>, homes: readonly string[]): string[] => [
  ...['DOCKER_CERT_PATH', 'DOCKER_CONFIG'].flatMap((name) => variables.get(name) ?? []),
  ...homes.map((home) => `${home}/.docker`),
];

const lookAtPrograms = async (view: HostView, facts: Facts, info: EngineInfo | undefined): Promise<void> => {
  const containerd = commandOf(facts.units?.['containerd.service'], new Map())[0];
  const bare = Object.values(info?.Runtimes ?? {}).flatMap(({ path }) =>
    path === undefined || path === '' || path.includes('/') ? [] : [path],
  );
  const beside = containerd?.startsWith('/') === true ? shims.map((name) => `${folderOf(containerd)}/${name}`) : [];
  const names = [...new Set(['containerd', ...shims, ...bare])];
  await view.lookAhead([...beside, ...programFolders.flatMap((folder) => names.map((name) => `${folder}/${name}`))]);
};

/** The daemon's data folder; with remapped users the engine reports a folder of its own below it. */
export const dataFolderOf = (info: EngineInfo | undefined): string | undefined => {
  const folder = info?.DockerRootDir;
  if (folder === undefined || !folder.startsWith('/')) return undefined;
  const isRemapped = info?.SecurityOptions?.includes('name=userns') === true;
  return isRemapped ? folder.replace(/\/\d+\.\d+\/?$/u, '') || undefined : folder;
};

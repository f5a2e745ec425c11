import type { HostFiles, HostSnapshot } from '@plimsoll/snapshot';
import { daemonCommandOf, daemonOptionOf, flagValuesIn, isOn } from './daemon-flags.ts';
import type { JudgingContext } from './context.ts';
import { type Looked, lookAt } from './host-file-facts.ts';
import { environmentOf, programOf, startCommandOf, unitOf, valueOfKey, valuesOf } from './systemd-units.ts';

/** Paths on the host, or `none` where the host has no such thing; undefined where that was not seen. */
export type Places = readonly string[] | 'none' | undefined;

export interface HostView {
  readonly facts: HostFiles;
  readonly context: JudgingContext;
  readonly snapshot: HostSnapshot;
}

/** The file of a unit, first in systemd's load order. */
export const unitFile = (facts: HostFiles, name: string): Places => {
  const unit = unitOf(facts, name);
  if (unit === 'absent') return 'none';
  return typeof unit?.path === 'string' ? [unit.path] : undefined;
};

/** The drop-ins of a unit that has a file. */
export const unitDropIns = (facts: HostFiles, name: string): readonly string[] | undefined => {
  const unit = unitOf(facts, name);
  if (unit === undefined || unit === 'absent' || unit.dropIns === undefined) return undefined;
  return unit.dropIns ?? [];
};

/** Where the daemon keeps its data. With remapped users the engine reports a folder of its own below it. */
export const dataFolder = ({ context }: HostView): string | undefined => {
  const folder = context.info?.DockerRootDir;
  if (folder === undefined || folder === '' || context.isUserRemapped === undefined) return undefined;
  return context.isUserRemapped ? folder.replace(/\/\d+\.\d+\/?$/, '') || '/' : folder;
};

/** The configuration file that dockerd takes. */
export const daemonConfigFile = (facts: HostFiles): Places => {
  const command = daemonCommandOf(facts);
  if (command === undefined) return undefined;
  const named = command === 'absent' ? [] : flagValuesIn(command, { flags: ['--config-file'] });
  const path = named.at(-1) ?? facts.daemonConfig?.path;
  return path === undefined ? undefined : [path];
};

/** `unix://` addresses of the daemon and, with socket activation, those of docker.socket. Undefined: not seen whole. */
export const apiSockets = (facts: HostFiles): Places => {
  const hosts = daemonOptionOf(facts, { flags: ['--host', '-H'], key: 'hosts' });
  if (hosts.state === 'unseen') return undefined;
  const addresses = hosts.state === 'set' ? hosts.values : ['unix:///var/run/docker.sock'];
  const own = addresses.flatMap((address) =>
    address.startsWith('unix://') ? [address.slice('unix://'.length) || '/var/run/docker.sock'] : [],
  );
  if (!addresses.some((address) => address.startsWith('fd://'))) return own.length === 0 ? 'none' : own;
  const listening = activatedSockets(facts);
  return listening === undefined ? undefined : [...own, ...listening];
};

/** The paths at which systemd listens for the daemon. */
export const activatedSockets = (facts: HostFiles): readonly string[] | undefined => {
  const unit = unitOf(facts, 'docker.socket');
  if (unit === undefined) return undefined;
  if (unit === 'absent') return [];
  return valuesOf(unit, 'Socket', 'ListenStream')?.filter((address) => address.startsWith('/'));
};

/** API 1.46 shows `Containerd.Address` in `/info`. */
const firstWithAddress = 46;

/** The socket of the containerd in use. */
export const containerdSocket = ({ facts, context, snapshot }: HostView): Places => {
  const named = daemonOptionOf(facts, { flags: ['--containerd'], key: 'containerd' });
  if (named.state === 'set') return named.values.slice(-1);
  const address = context.info?.Containerd?.Address;
  if (address !== undefined && address !== '') return [address.replace(/^unix:\/\//, '')];
  // Engines that name the address always do: nothing stands in for it where it was not seen.
  if (named.state === 'unseen' || Number(snapshot.apiVersion.split('.')[1]) >= firstWithAddress) return undefined;
  const usual = lookAt(facts, '/run/containerd/containerd.sock');
  if (usual.state !== 'absent') return [usual.path];
  const root = daemonOptionOf(facts, { flags: ['--exec-root'], key: 'exec-root' });
  if (root.state === 'unseen') return undefined;
  return [`${(root.state === 'set' ? root.values.at(-1) : undefined) ?? '/var/run/docker'}/containerd/containerd.sock`];
};

/** The program of containerd as its unit starts it; dockerd starts its own where there is no such unit. */
export const containerdProgram = (facts: HostFiles): Places => {
  const unit = unitOf(facts, 'containerd.service');
  if (unit === undefined) return undefined;
  const program = unit === 'absent' ? undefined : programOf(startCommandOf(facts, unit)?.[0]);
  if (unit === 'absent') return besideDaemon(facts, ['containerd']);
  return program === undefined ? undefined : [program];
};

/** The folders of the PATH with which systemd starts services, in its order. */
const programFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin'];

/** The first of the PATH's folders that holds a program; `none` where all were seen to hold none. */
export const programOnPath = (facts: HostFiles, name: string): Places => {
  for (const folder of programFolders) {
    const { state } = lookAt(facts, `${folder}/${name}`);
    if (state === 'found') return [`${folder}/${name}`];
    if (state === 'unseen') return undefined;
  }
  return 'none';
};

const besideDaemon = (facts: HostFiles, names: readonly string[]): Places => {
  for (const name of names) {
    const places = programOnPath(facts, name);
    if (places !== 'none') return places;
  }
  return 'none';
};

/** A shim lies where its containerd does. */
export const shimBeside = (facts: HostFiles, name: string): Places => {
  const containerd = containerdProgram(facts);
  const [program] = containerd === undefined || containerd === 'none' ? [] : containerd;
  if (program === undefined) return containerd === undefined ? undefined : programOnPath(facts, name);
  return [`${program.slice(0, program.lastIndexOf('/'))}/${name}`];
};

/** The program of the default runtime. */
export const runtimeProgram = ({ facts, context }: HostView): Places => {
  const name = context.info?.DefaultRuntime;
  const runtimes = context.info?.Runtimes;
  if (name === undefined || runtimes === undefined) return undefined;
  const runtime = runtimes !== null && Object.hasOwn(runtimes, name) ? runtimes[name] : undefined;
  if (runtime?.path === undefined || runtime.path === '') return undefined;
  return runtime.path.startsWith('/') ? [runtime.path] : programOnPath(facts, runtime.path);
};

/** Places looked up; `none` where each was seen to be missing. */
export const lookAtAll = (facts: HostFiles, places: Places): readonly Looked[] | 'none' | undefined => {
  if (places === undefined || places === 'none') return places;
  const looked = places.map((path) => lookAt(facts, path)).filter(({ state }) => state !== 'absent');
  return looked.length === 0 ? 'none' : looked;
};

/** A file of the daemon's TLS and the option that names it. */
export interface TlsFile {
  readonly option: 'tlscacert' | 'tlscert' | 'tlskey';
  /** Its name in the folder that holds it where no option names it. */
  readonly usualName: string;
}

/** Where a file of the daemon's TLS is; `none` where TLS is off and nothing names it. */
export const tlsFilePlaces = (facts: HostFiles, { option, usualName }: TlsFile): Places => {
  const named = daemonOptionOf(facts, { flags: [`--${option}`], key: option });
  if (named.state === 'unseen') return undefined;
  const unit = unitOf(facts, 'docker.service');
  if (unit === undefined || unit === 'absent') return undefined;
  if (named.state === 'set') {
    const path = named.values.at(-1) ?? '';
    if (path.startsWith('/')) return [path];
    const folder = valueOfKey(unit, 'Service', 'WorkingDirectory');
    return folder === undefined ? undefined : [`${folder}/${path}`];
  }
  const tls = isOn(daemonOptionOf(facts, { flags: ['--tls'], key: 'tls', isSwitch: true }));
  // Naming tlsverify at all, even as false, switches TLS on.
  const verify = daemonOptionOf(facts, { flags: ['--tlsverify'], key: 'tlsverify', isSwitch: true });
  if (tls === undefined || verify.state === 'unseen') return undefined;
  if (!tls && verify.state === 'default') return 'none';
  const environment = environmentOf(facts, unit);
  if (environment === undefined) return undefined;
  return [`${environment.get('DOCKER_CERT_PATH') ?? environment.get('DOCKER_CONFIG') ?? '/root/.docker'}/${usualName}`];
};

/** Whether docker.service takes its words from an environment file. */
export const isEnvironmentFile = (facts: HostFiles, path: string): boolean => {
  const unit = unitOf(facts, 'docker.service');
  if (unit === undefined || unit === 'absent') return false;
  return valuesOf(unit, 'Service', 'EnvironmentFile')?.some((file) => file.replace(/^-/, '') === path) ?? false;
};

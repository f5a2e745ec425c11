import type { ContainerEntry, ContainerInspect } from '@plimsoll/snapshot';
import { hasImageLike } from '../engine/image-names.ts';

/** Proxies that pass on some requests to the socket of the engine, and by what they are told which. */
export const usualProxies: Readonly<Record<string, 'environment' | 'command'>> = {
  'tecnativa/docker-socket-proxy': 'environment',
  'linuxserver/socket-proxy': 'environment',
  'wollomatic/socket-proxy': 'command',
};

/** The kind of proxy a container is, if any; `other` for one that is called so and whose rules are not known. */
export const proxyKindOf = (
  container: ContainerEntry,
  proxies: Readonly<Record<string, 'environment' | 'command'>>,
): 'environment' | 'command' | 'other' | undefined => {
  for (const [pattern, kind] of Object.entries(proxies)) if (hasImageLike(container, [pattern])) return kind;
  return hasImageLike(container, ['*socket-proxy*', '*socket_proxy*', '*socketproxy*']) ? 'other' : undefined;
};

/** What a proxy is told to pass on. */
export interface ProxySettings {
  readonly on: ReadonlySet<string>;
  /** Switches whose value was not kept. */
  readonly unseen: ReadonlySet<string>;
}

const words = (inspect: ContainerInspect): readonly string[] | undefined => {
  const { Cmd, Entrypoint } = inspect.Config ?? {};
  return Cmd === undefined || Entrypoint === undefined ? undefined : [...(Entrypoint ?? []), ...(Cmd ?? [])];
};

/** Reads the switches of the environment and, where a proxy has such, of the command line. Undefined where not seen. */
export const proxySettingsOf = (
  inspect: ContainerInspect,
  kind: 'environment' | 'command',
): ProxySettings | undefined => {
  const environment = inspect.Config?.environment;
  const command = words(inspect);
  if (environment === undefined || (kind === 'command' && command === undefined)) return undefined;
  const on = new Set<string>();
  const unseen = new Set<string>();
  for (const { name, value, verdict } of environment) {
    const normal = value?.toLowerCase();
    if (normal === '1' || normal === 'true') on.add(name);
    else if (normal === undefined && verdict.kind !== 'empty') {
      // A rule of its own in an environment variable switches its method on; a word like "yes" may.
      if (kind === 'command') on.add(name);
      else unseen.add(name);
    }
  }
  for (const word of kind === 'command' ? (command ?? []) : []) {
    const [name = ''] = word.split('=', 1);
    if (name.startsWith('-')) on.add(name.replace(/^--/, '-'));
  }
  return { on, unseen };
};

import { type Json, copyOf, isObject } from './json.ts';

const valueIn = (json: Json | undefined): Json | undefined => (isObject(json) ? json['value'] : undefined);
const objectsIn = (part: Json | undefined): Record<string, Json>[] => {
  const value = valueIn(part);
  return Array.isArray(value) ? value.filter(isObject) : [];
};

/** Keeps the first of those that share a name, as a host has one thing of a name. */
const keepUnique = (part: Json | undefined, nameOf: NameOf): void => {
  if (isObject(part)) keepUniqueOf(part, 'value', nameOf);
};

type NameOf = (item: Record<string, Json>) => Json | undefined;

const keepUniqueOf = (holder: Record<string, Json>, list: string, nameOf: NameOf): void => {
  const seen = new Set<Json | undefined>();
  const items = holder[list];
  if (!Array.isArray(items)) return;
  holder[list] = items.filter(isObject).filter((item) => {
    const name = nameOf(item);
    if (seen.has(name)) return false;
    seen.add(name);
    return true;
  });
};

/** Writes down one answer wherever the engine gives the same one twice. */
const tellTwice = (
  from: Json | undefined,
  name: string,
  ...copies: readonly (readonly [Json | undefined, string])[]
): void => {
  const value = isObject(from) ? from[name] : undefined;
  if (value === undefined) return;
  for (const [holder, copyName] of copies) if (isObject(holder)) holder[copyName] = value;
};

/**
 * The same snapshot of a host that does not contradict itself: names are unique, and what the engine tells in two places
 * is the same in both. Of a host that lies, no check can say what would be true.
 */
export const asOneHost = (json: Json): Json => {
  const host = copyOf(json);
  if (!isObject(host)) return host;
  const [info, version, ping] = [host['info'], host['version'], host['ping']].map(valueIn);
  tellTwice(version, 'Version', [info, 'ServerVersion']);
  tellTwice(version, 'KernelVersion', [info, 'KernelVersion']);
  tellTwice(info, 'OSType', [version, 'Os']);
  tellTwice(version, 'Experimental', [info, 'ExperimentalBuild'], [ping, 'experimental']);
  // daemon.json takes a program or a type for a runtime, not both.
  const runtimes = isObject(info) ? info['Runtimes'] : undefined;
  for (const runtime of Object.values(isObject(runtimes) ? runtimes : {}))
    if (isObject(runtime) && runtime['path'] !== undefined) delete runtime['runtimeType'];
  const [endpoint, takenAt] = [valueIn(host['endpoint']), host['takenAt']];
  const began = typeof takenAt === 'string' ? Date.parse(takenAt) : Number.NaN;
  const skewMs = isObject(endpoint) ? endpoint['clockSkewMs'] : undefined;
  // What was measured and what the engine says is the same clock.
  if (isObject(info) && typeof skewMs === 'number' && Math.abs(began + skewMs) < 8e15)
    info['SystemTime'] = new Date(began + skewMs).toISOString();
  else if (isObject(endpoint)) delete endpoint['clockSkewMs'];
  const networkIds = new Map(objectsIn(host['networks']).map(({ Name, Id }) => [Name, Id ?? null] as const));
  for (const container of objectsIn(host['containers'])) {
    const inspect = valueIn(container['inspect']);
    tellTwice(inspect, 'Image', [container, 'imageId']);
    if (!isObject(inspect)) continue;
    tellTwice(inspect['State'], 'Status', [container, 'state']);
    const attached = isObject(inspect['NetworkSettings']) ? inspect['NetworkSettings']['Networks'] : undefined;
    for (const [name, network] of Object.entries(isObject(attached) ? attached : {}))
      if (isObject(network)) network['NetworkID'] = networkIds.get(name) ?? `id-of-${name}`;
  }
  keepUnique(host['containers'], ({ id }) => id);
  keepUnique(host['containers'], ({ name }) => name);
  keepUnique(host['images'], ({ id }) => id);
  keepUnique(host['images'], ({ repoTags, repoDigests }) => JSON.stringify([repoTags, repoDigests]));
  keepUnique(host['networks'], ({ Name }) => Name);
  keepUnique(host['volumes'], ({ Name }) => Name);
  keepUnique(host['plugins'], ({ Name }) => Name);
  const hostFiles = valueIn(host['hostFiles']);
  if (isObject(hostFiles)) keepUniqueOf(hostFiles, 'clientFolders', ({ home }) => home);
  const swarm = valueIn(host['swarm']);
  if (isObject(swarm)) for (const part of Object.values(swarm)) keepUnique(part, ({ ID }) => ID);
  return host;
};

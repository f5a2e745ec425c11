/**
 * Every request that this client can send: there is no other way to the host. The same table generates the gate
 * (a proxy beside the daemon that passes these and nothing else), in tiers:
 * 0 metadata · 1 and package databases · 2 and host files · 3 and image export.
 */
export interface AllowedRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'DELETE';
  /** Template below `/v{version}`; a `{segment}` is sent percent-encoded and can't span a slash. */
  readonly path: string;
  /** False for `/_ping`, which is asked before a version is agreed. */
  readonly versioned: boolean;
  readonly tier: 0 | 1 | 2 | 3;
  /** Allowed query parameters with every value that each may take, or a pattern that a value must match as a whole. */
  readonly query: Readonly<Record<string, readonly string[] | RegExp>>;
  /** Bytes of the answer's body. */
  readonly limitBytes: number;
  /** From the start of the request to the end of its body. */
  readonly deadlineMs: number;
  readonly answer: 'json' | 'text' | 'archive';
  /** Names the one body that goes with it, built in this library from checked values. Without it there is none. */
  readonly body?: 'host-file-container';
}

const KiB = 1024;
const MiB = 1024 * KiB;

/** Pattern of one path segment: ids, names and references as the Engine knows them. */
const segmentPattern = /^[A-Za-z0-9][A-Za-z0-9_.:@+-]{0,254}$/u;

type Read<Path extends string> = AllowedRequest & {
  readonly method: 'GET';
  readonly path: Path;
  readonly tier: 0;
  readonly answer: 'json';
};

const read = <Path extends string>(
  path: Path,
  limitBytes: number,
  deadlineMs: number,
  query: AllowedRequest['query'] = {},
): Read<Path> => ({ method: 'GET', path, versioned: true, tier: 0, query, limitBytes, deadlineMs, answer: 'json' });

/** Where the host's folders show in the one container that reads host files: no image has such a folder. */
export const hostFileRoot = '/plimsoll-host';
/** A path below it: whole components, none of them `.` or `..`, no control characters. */
const hostFilePath = new RegExp(
  `^${hostFileRoot}(?:/(?!\\.{1,2}(?:/|$))[^/\\u0000-\\u001f\\u007f]{1,255}){1,64}$`,
  'u',
);
/** Names of such containers; the end makes each the only one of its name. */
export const hostFileContainerName = /^plimsoll-host-files-[0-9a-f]{16}$/u;
/** A slow read of a container's files locks that container for everybody (moby/moby#46782), even if only ours. */
const archiveDeadlineMs = 2_000;

/** Columns that the checks read; numbers and not names, since `ps` cuts names that are too long. */
export const processColumns = '-eo pid,ppid,euid,egid,args';

/** The table. Left out on purpose: `/swarm` (join tokens), `/swarm/unlockkey`, `/events`, `/logs`, `/export`, start, exec. */
export const allowedRequests = {
  ping: {
    method: 'GET',
    path: '/_ping',
    versioned: false,
    tier: 0,
    query: {},
    limitBytes: 4 * KiB,
    deadlineMs: 10_000,
    answer: 'text',
  },
  /** Asked without a version where `/_ping` does not tell one. */
  unversionedVersion: {
    method: 'GET',
    path: '/version',
    versioned: false,
    tier: 0,
    query: {},
    limitBytes: MiB,
    deadlineMs: 10_000,
    answer: 'json',
  },
  version: read('/version', MiB, 10_000),
  info: read('/info', 4 * MiB, 30_000),
  containerList: read('/containers/json', 64 * MiB, 60_000, { all: ['1'] }),
  containerInspect: read('/containers/{id}/json', 4 * MiB, 15_000),
  /** `one-shot` spares the daemon the second it would wait for a second sample; engines before API 1.41 ignore it. */
  containerStats: read('/containers/{id}/stats', MiB, 15_000, { stream: ['false'], 'one-shot': ['true'] }),
  /** The one read that leaves an event; see the collector for when it is asked. */
  containerTop: read('/containers/{id}/top', 4 * MiB, 15_000, { ps_args: [processColumns] }),
  execInspect: read('/exec/{id}/json', MiB, 10_000),
  imageList: read('/images/json', 32 * MiB, 60_000),
  imageInspect: read('/images/{id}/json', 4 * MiB, 15_000),
  imageHistory: read('/images/{id}/history', 4 * MiB, 15_000),
  networkList: read('/networks', 16 * MiB, 30_000),
  networkInspect: read('/networks/{id}', 8 * MiB, 15_000),
  volumeList: read('/volumes', 32 * MiB, 30_000),
  pluginList: read('/plugins', 4 * MiB, 15_000),
  nodeList: read('/nodes', 8 * MiB, 30_000),
  serviceList: read('/services', 32 * MiB, 30_000),
  taskList: read('/tasks', 64 * MiB, 30_000),
  secretList: read('/secrets', 8 * MiB, 30_000),
  /** Brings the payloads along (up to 1 MB each): the collector judges and drops them at once. */
  configList: read('/configs', 64 * MiB, 30_000),
  /** The only body is that of a container that is never started: see `host-file-container.ts`. */
  containerCreate: {
    method: 'POST',
    path: '/containers/create',
    versioned: true,
    tier: 2,
    query: { name: hostFileContainerName },
    limitBytes: 64 * KiB,
    deadlineMs: 15_000,
    answer: 'json',
    body: 'host-file-container',
  },
  archiveStat: {
    method: 'HEAD',
    path: '/containers/{id}/archive',
    versioned: true,
    tier: 2,
    query: { path: hostFilePath },
    limitBytes: KiB,
    deadlineMs: archiveDeadlineMs,
    answer: 'text',
  },
  archiveRead: {
    method: 'GET',
    path: '/containers/{id}/archive',
    versioned: true,
    tier: 2,
    query: { path: hostFilePath },
    limitBytes: MiB,
    deadlineMs: archiveDeadlineMs,
    answer: 'archive',
  },
  /** With its volumes, and without `force`: what runs is refused by the engine itself. */
  containerRemove: {
    method: 'DELETE',
    path: '/containers/{id}',
    versioned: true,
    tier: 2,
    query: { v: ['1'] },
    limitBytes: 64 * KiB,
    deadlineMs: 15_000,
    answer: 'text',
  },
} as const satisfies Record<string, AllowedRequest>;

export type AllowedRequestName = keyof typeof allowedRequests;
/** The requests that change nothing and read metadata alone. */
export type MetadataRequestName = {
  [Name in AllowedRequestName]: (typeof allowedRequests)[Name]['tier'] extends 0 ? Name : never;
}[AllowedRequestName];
type Segments<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Segments<Rest>
  : never;

/** The path segments and query parameters that a named request takes. */
export interface RequestParameters<Name extends AllowedRequestName> {
  readonly path?: { readonly [Segment in Segments<(typeof allowedRequests)[Name]['path']>]: string };
  readonly query?: Readonly<Record<string, string>>;
}

/**
 * The target of a named request, e.g. `/v1.41/containers/4f…/json`.
 * @param apiVersion e.g. `1.41`; not used by requests without a version
 * @throws RangeError when a segment or a query value is not allowed: a mistake of ours or an attack by the host
 */
export const requestTarget = (
  name: AllowedRequestName,
  apiVersion: string,
  path: Readonly<Record<string, string>> = {},
  query: Readonly<Record<string, string | undefined>> = {},
): string => {
  const request: AllowedRequest = allowedRequests[name];
  const filled = request.path.replaceAll(/\{([^}]+)\}/gu, (_whole, segment: string) => {
    const value = path[segment];
    if (value === undefined || !segmentPattern.test(value)) {
      throw new RangeError(`${name}: the segment ${segment} is not an id or name that may be asked for`);
    }
    return encodeURIComponent(value);
  });
  const parameters: string[] = [];
  for (const [parameter, value] of Object.entries(query)) {
    if (value === undefined) continue;
    if (!isAllowed(request, parameter, value)) {
      throw new RangeError(`${name}: the query parameter ${parameter}=${value} is not allowed`);
    }
    const isFree = request.query[parameter] instanceof RegExp;
    parameters.push(isFree ? encode(parameter, value) : encodedParameter(parameter, value));
  }
  const suffix = parameters.length === 0 ? '' : `?${parameters.join('&')}`;
  return `${request.versioned ? `/v${apiVersion}` : ''}${filled}${suffix}`;
};

const isAllowed = (request: AllowedRequest, parameter: string, value: string): boolean => {
  const allowed = Object.hasOwn(request.query, parameter) ? request.query[parameter] : undefined;
  return allowed instanceof RegExp ? value.isWellFormed() && allowed.test(value) : allowed?.includes(value) === true;
};

const encode = (parameter: string, value: string): string => new URLSearchParams([[parameter, value]]).toString();

/** The few that are allowed, each encoded once and not for each of a thousand containers. */
const encodedParameters = new Map<string, string>();

const encodedParameter = (parameter: string, value: string): string => {
  const pair = `${parameter}=${value}`;
  const known = encodedParameters.get(pair);
  if (known !== undefined) return known;
  const encoded = encode(parameter, value);
  encodedParameters.set(pair, encoded);
  return encoded;
};

import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { hostFileContainerName, hostFileRoot } from './allowed-requests.ts';

/** A folder of the host that shows, read-only, in the container that reads host files. */
export interface HostFileSource {
  /** Absolute path on the host; it must exist, or the engine refuses the whole container and makes nothing. */
  readonly path: string;
  /** Show what is mounted below it too. Not for folders with mounts of containers in them: those would be held busy. */
  readonly recursive: boolean;
}

export interface HostFileContainerRequest {
  /** Digest of an image on the host that declares no volumes: theirs would be made and filled. */
  readonly imageId: string;
  /** Key of the label that marks the container, and who reads: its value. */
  readonly label: string;
  readonly owner: string;
  readonly sources: readonly HostFileSource[];
}

const Request = z.strictObject({
  imageId: z.string().regex(/^sha256:[0-9a-f]{64}$/u),
  label: z.string().regex(/^[a-z0-9.-]{3,100}$/u),
  owner: z.string().regex(/^[A-Za-z0-9._:@-]{1,200}$/u),
  sources: z
    .array(
      z.strictObject({
        path: z.string().regex(/^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._@+-]{1,255}){1,32}$/u),
        recursive: z.boolean(),
      }),
    )
    .min(1)
    .max(16),
});

export const newHostFileContainerName = (): string => `plimsoll-host-files-${randomBytes(8).toString('hex')}`;

/** Where a path of the host shows in the container. */
export const insideOf = (path: string): string => `${hostFileRoot}${path}`;

/**
 * The body of the one request that makes something on a host. It can't run even if somebody starts it: its program
 * does not exist, it has no network, no capability, and everything in it is read-only.
 * `Mounts` and never `Binds`: a vanished source of `Binds` is made anew on the host, as root.
 * @throws ZodError for an image, owner or folder that may not stand there
 */
export const hostFileContainerBody = (request: HostFileContainerRequest): string => {
  const { imageId, label, owner, sources } = Request.parse(request);
  return JSON.stringify({
    Image: imageId,
    Entrypoint: ['/plimsoll-reads-host-files-and-is-never-started'],
    Cmd: [],
    Labels: { [label]: owner },
    NetworkDisabled: true,
    HostConfig: {
      NetworkMode: 'none',
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      RestartPolicy: { Name: 'no' },
      LogConfig: { Type: 'none' },
      Mounts: sources.map(({ path, recursive }) => ({
        Type: 'bind',
        Source: path,
        Target: insideOf(path),
        ReadOnly: true,
        // Without a propagation named the engine takes rprivate, and rslave for its own data folder, as it must.
        BindOptions: { NonRecursive: !recursive },
      })),
    },
  });
};

/** What an inspect must say of a container before it is taken for a reader of host files. */
const ReaderInspect = z.object({
  Id: z.string().regex(/^[0-9a-f]{64}$/u),
  Name: z.string(),
  Created: z.string(),
  State: z.object({ Status: z.literal('created'), Running: z.literal(false), StartedAt: z.string() }),
  Config: z.object({ Labels: z.record(z.string(), z.string()) }),
  HostConfig: z.object({ NetworkMode: z.literal('none'), Binds: z.null().or(z.array(z.string()).max(0)).optional() }),
  Mounts: z.array(z.object({ Type: z.literal('bind'), RW: z.literal(false) })),
});

/** A reader of host files as it stands on a host. */
export interface FoundReader {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  /** By the engine's clock, milliseconds since 1970. */
  readonly createdAtMs: number;
}

/** Recognises a reader by all that makes one, not by its label alone; `undefined` for every other container. */
export const recogniseReader = (inspect: unknown, label: string): FoundReader | undefined => {
  const parsed = ReaderInspect.safeParse(inspect);
  if (!parsed.success) return undefined;
  const { Id, Name, Created, State, Config } = parsed.data;
  const name = Name.replace(/^\//u, '');
  const owner = Object.hasOwn(Config.Labels, label) ? Config.Labels[label] : undefined;
  const wasNeverStarted = State.StartedAt.startsWith('0001-01-01');
  if (owner === undefined || !wasNeverStarted || !hostFileContainerName.test(name)) return undefined;
  return { id: Id, name, owner, createdAtMs: Date.parse(Created) };
};

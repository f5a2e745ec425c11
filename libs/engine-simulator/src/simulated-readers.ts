import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { sendEngineError, sendRecorded } from './answer.ts';
import type { SimulatedFileTree } from './simulated-files.ts';

const readerLabel = 'io.plimsoll.host-file-reader';

const CreateBody = z.object({
  Image: z.string(),
  Labels: z.record(z.string(), z.string()),
  HostConfig: z.object({
    NetworkMode: z.literal('none'),
    Mounts: z.array(
      z.object({ Type: z.literal('bind'), Source: z.string(), Target: z.string(), ReadOnly: z.literal(true) }),
    ),
  }),
});

/** A container that reads host files, as it stands on a simulated host. */
export interface SimulatedReader {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly imageId: string;
  readonly sources: readonly string[];
  readonly createdAt: Date;
}

const bodyLimitBytes = 64 * 1024;

/** What a simulated host does with readers of host files; every other wish to change something is refused. */
export class SimulatedReaders {
  readonly #files: SimulatedFileTree;
  readonly #readers = new Map<string, SimulatedReader>();

  constructor(files: SimulatedFileTree) {
    this.#files = files;
  }

  get all(): readonly SimulatedReader[] {
    return [...this.#readers.values()];
  }

  /** Puts one there, as a scan leaves it that is killed. */
  leaveBehind(owner: string, createdAt: Date, sources: readonly string[] = ['/etc']): SimulatedReader {
    const id = randomBytes(32).toString('hex');
    const name = `plimsoll-host-files-${randomBytes(8).toString('hex')}`;
    const reader = { id, name, owner, imageId: `sha256:${'0'.repeat(64)}`, sources, createdAt };
    this.#readers.set(id, reader);
    return reader;
  }

  /** @returns whether the request was one of these */
  async answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<boolean> {
    const method = request.method ?? '';
    if (method === 'POST' && path === '/containers/create') {
      await this.#create(request, response);
      return true;
    }
    const [, id = '', action = ''] = /^\/containers\/([^/]+)(\/archive|\/json)?$/u.exec(path) ?? [];
    const reader = this.#readers.get(id) ?? this.all.find(({ name }) => name === id);
    if (reader === undefined) return false;
    if (method === 'DELETE' && action === '') {
      this.#readers.delete(reader.id);
      response.writeHead(204).end();
    } else if (action === '/json' && method === 'GET') {
      sendRecorded(response, inspectOf(reader));
    } else if (action === '/archive' && (method === 'GET' || method === 'HEAD')) {
      const asked = new URL(request.url ?? '', 'http://engine').searchParams.get('path') ?? '';
      await this.#sendArchive(response, method, reader, asked);
    } else {
      return false;
    }
    return true;
  }

  async #create(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = CreateBody.safeParse(await jsonOf(request));
    const owner = body.data?.Labels[readerLabel];
    if (!body.success || owner === undefined) {
      sendEngineError(response, 403, 'a simulated host can only be read');
      return;
    }
    const sources = body.data.HostConfig.Mounts.map(({ Source }) => Source);
    const missing = sources.find((source) => !this.#files.has(source));
    if (missing !== undefined) {
      const message = `invalid mount config for type "bind": bind source path does not exist: ${missing}`;
      sendEngineError(response, 400, message);
      return;
    }
    const name = new URL(request.url ?? '', 'http://engine').searchParams.get('name') ?? '';
    const id = randomBytes(32).toString('hex');
    this.#readers.set(id, { id, name, owner, imageId: body.data.Image, sources, createdAt: new Date() });
    response.writeHead(201, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ Id: id, Warnings: [] }));
  }

  async #sendArchive(response: ServerResponse, method: string, reader: SimulatedReader, asked: string): Promise<void> {
    const path = asked.replace(/^\/plimsoll-host/u, '');
    const isMounted = reader.sources.some((source) => path === source || path.startsWith(`${source}/`));
    const stat = isMounted ? this.#files.statHeader(path) : undefined;
    if (stat === undefined) {
      sendEngineError(response, 404, `Could not find the file ${asked} in container ${reader.id}`);
      return;
    }
    response.writeHead(200, { 'Content-Type': 'application/x-tar', 'X-Docker-Container-Path-Stat': stat });
    response.end(method === 'HEAD' ? undefined : await this.#files.archive(path));
  }
}

/** As they stand in `/containers/json`. */
export const listedReader = ({ id, name, owner, imageId }: SimulatedReader) => ({
  Id: id,
  Names: [`/${name}`],
  Image: imageId,
  ImageID: imageId,
  State: 'created',
  Labels: { [readerLabel]: owner },
});

const inspectOf = ({ id, name, owner, imageId, sources, createdAt }: SimulatedReader) => ({
  Id: id,
  Name: `/${name}`,
  Created: createdAt.toISOString(),
  Image: imageId,
  State: { Status: 'created', Running: false, StartedAt: '0001-01-01T00:00:00Z' },
  Config: { Labels: { [readerLabel]: owner } },
  HostConfig: { NetworkMode: 'none', Binds: null },
  Mounts: sources.map((Source) => ({ Type: 'bind', Source, Destination: `/plimsoll-host${Source}`, RW: false })),
});

const jsonOf = async (request: IncomingMessage): Promise<unknown> => {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request) {
    if (!(piece instanceof Buffer)) continue;
    bytes += piece.byteLength;
    if (bytes > bodyLimitBytes) return undefined;
    pieces.push(piece);
  }
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8'));
  } catch {
    return undefined;
  }
};

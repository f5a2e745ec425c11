import { z } from 'zod';
import { type ArchiveEntry, type ArchiveLimits, readArchive, readFirstHeader } from './archive-reader.ts';
import { parseBoundedJson } from './bounded-json.ts';
import { EngineError } from './engine-error.ts';
import type { EngineTransport, ReadOptions } from './engine-transport.ts';
import {
  type FoundReader,
  hostFileContainerBody,
  type HostFileContainerRequest,
  insideOf,
  newHostFileContainerName,
  recogniseReader,
} from './host-file-container.ts';
import { parsePathStat, type PathStat } from './path-stat.ts';

/** A container of ours on the host. Only {@link HostFileDoor} makes one, so no request names any other container. */
export class HostFileContainer {
  readonly id: string;
  readonly #isKnown = true;

  /** @internal */
  constructor(id: string) {
    this.id = id;
  }

  static is(value: HostFileContainer): boolean {
    return #isKnown in value && value.#isKnown;
  }
}

const Created = z.object({ Id: z.string().regex(/^[0-9a-f]{64}$/u) });

/**
 * Reads files of a host through one container that is never started. It can make one container of one shape, read
 * below that container's mounts, and remove containers which it made or which an inspect showed to be such readers.
 */
export class HostFileDoor {
  readonly #transport: EngineTransport;
  readonly #apiVersion: string;

  /** @internal Ask the client for it. */
  constructor(transport: EngineTransport, apiVersion: string) {
    this.#transport = transport;
    this.#apiVersion = apiVersion;
  }

  /**
   * Makes the container. Where no answer comes, the engine may have made it all the same: it is looked for by its name
   * and removed before the failure is told.
   * @throws EngineError; `engine-error` with `httpStatus` 400 where a source does not exist, and nothing was made
   */
  async create(request: HostFileContainerRequest, options: ReadOptions = {}): Promise<HostFileContainer> {
    const body = hostFileContainerBody(request);
    const name = newHostFileContainerName();
    try {
      const answer = await this.#transport.send(
        'containerCreate',
        this.#apiVersion,
        { query: { name }, body },
        options,
      );
      return new HostFileContainer(Created.parse(parseBoundedJson(answer.body)).Id);
    } catch (cause) {
      const error =
        cause instanceof EngineError
          ? cause
          : new EngineError('malformed', { detail: 'The answer to the creation names no container.', cause });
      if (error.httpStatus === undefined || error.httpStatus >= 500) await this.#removeByName(name, request.label);
      throw error;
    }
  }

  /** What an inspect says of a container, if it is a reader of host files that never ran; `undefined` if it is not. */
  async find(idOrName: string, label: string, options: ReadOptions = {}): Promise<FoundReader | undefined> {
    try {
      const answer = await this.#transport.send(
        'containerInspect',
        this.#apiVersion,
        { path: { id: idOrName } },
        options,
      );
      return recogniseReader(parseBoundedJson(answer.body), label);
    } catch (error) {
      if (error instanceof EngineError && error.reason === 'not-found') return undefined;
      throw error;
    }
  }

  /** Removes a reader with its volumes. Gone already is good; one that somebody started the engine refuses to remove. */
  async remove(container: HostFileContainer | FoundReader, options: ReadOptions = {}): Promise<void> {
    const parts = { path: { id: container.id }, query: { v: '1' } };
    try {
      await this.#transport.send('containerRemove', this.#apiVersion, parts, options);
    } catch (error) {
      if (!(error instanceof EngineError) || error.reason !== 'not-found') throw error;
    }
  }

  /**
   * Kind, mode and size of one path, its last component not followed where it is a link.
   * @throws EngineError `not-found` where there is none
   */
  async stat(container: HostFileContainer, path: string, options: ReadOptions = {}): Promise<PathStat> {
    const answer = await this.#transport.send('archiveStat', this.#apiVersion, this.#parts(container, path), options);
    return parsePathStat(answer.headers['x-docker-container-path-stat']);
  }

  /** A file, a link, or a folder with all that is below it; see {@link readArchive} for what is kept. */
  async read(
    container: HostFileContainer,
    path: string,
    limits: ArchiveLimits,
    options: ReadOptions = {},
  ): Promise<ArchiveEntry[]> {
    const parts = this.#parts(container, path);
    const answer = await this.#transport.stream('archiveRead', this.#apiVersion, parts, options, (body) =>
      readArchive(body, limits),
    );
    return answer.body;
  }

  /**
   * The header alone: owner, mode and, of a link, where it leads. The connection is cut behind it, and what came
   * along of the content is overwritten unread: the engine has no request that tells an owner without sending any.
   */
  async readHeader(container: HostFileContainer, path: string, options: ReadOptions = {}): Promise<ArchiveEntry> {
    const parts = this.#parts(container, path);
    const answer = await this.#transport.stream('archiveRead', this.#apiVersion, parts, options, readFirstHeader);
    return answer.body;
  }

  #parts(container: HostFileContainer, path: string) {
    if (!HostFileContainer.is(container)) throw new RangeError('not a container of ours');
    return { path: { id: container.id }, query: { path: insideOf(path) } };
  }

  /** With no signal: what was made must go, whatever ended the work. Its deadlines are those of the table. */
  async #removeByName(name: string, label: string): Promise<void> {
    try {
      const found = await this.find(name, label);
      if (found?.name === name) await this.remove(found);
    } catch {
      // The host does not answer any more: what is left, the next contact removes by its label.
    }
  }
}

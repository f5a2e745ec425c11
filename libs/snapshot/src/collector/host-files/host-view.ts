import {
  type ArchiveEntry,
  type HostFileContainer,
  type HostFileDoor,
  type HostFileSource,
  type ReadOptions,
} from '@plimsoll/docker-engine';
import type { HostPath } from '../../schema/host-files.ts';
import { Lane } from '../lane.ts';
import { BoundedAsking } from './bounded-asking.ts';
import { isWithin, spelledOut, withUsualLinks } from './host-path-names.ts';

/** What a path leads to, links followed. */
export type Looked =
  | { readonly state: 'found'; readonly path: string; readonly entry: SeenEntry }
  | { readonly state: 'absent' }
  /** Nobody looked there, or it could not be told. */
  | { readonly state: 'unseen' };

/** One path as it stands, its last component not followed. */
export interface SeenEntry {
  readonly kind: 'file' | 'folder' | 'link' | 'socket' | 'other';
  readonly mode: number;
  readonly sizeBytes: number;
  readonly modifiedAt?: string | undefined;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  readonly linkTarget?: string | undefined;
  /** Where it came along and was wanted. */
  readonly content?: Buffer | undefined;
}

export interface TreeLimits {
  readonly limitEntries: number;
  /** Bytes wanted of a file's content by its path; 0 for none. */
  readonly wantedBytes: (path: string) => number;
}

/** Linux gives up after so many links (MAXSYMLINKS). */
const mostLinks = 40;
/** Requests that only ask whether a path is there; the engine answers those for one container one by one anyway. */
const lookAheadWidth = 4;

/**
 * The host's files below the mounted folders, each asked for once. Links are followed here and not by the engine,
 * which would follow them inside the container.
 */
export class HostView {
  readonly #door: HostFileDoor;
  readonly #container: HostFileContainer;
  readonly #sources: readonly HostFileSource[];
  readonly #options: ReadOptions;
  readonly #known = new Map<string, SeenEntry | 'absent' | 'unseen'>();
  /** Folders of which every entry is known. */
  readonly #whole = new Set<string>();
  readonly #pending = new Map<string, Promise<SeenEntry | 'absent' | 'unseen'>>();
  readonly #visited = new Set<string>();
  readonly #asking = new BoundedAsking();

  constructor(
    door: HostFileDoor,
    container: HostFileContainer,
    sources: readonly HostFileSource[],
    options: ReadOptions,
  ) {
    this.#door = door;
    this.#container = container;
    this.#sources = sources;
    this.#options = options;
  }

  /** All that was looked at, as the snapshot holds it. */
  get paths(): Record<string, HostPath> {
    const seen = [...this.#visited].toSorted().flatMap((path): [string, HostPath][] => {
      const entry = this.#known.get(path);
      if (entry === undefined || entry === 'unseen') return [];
      if (entry === 'absent') return [[path, { exists: false }]];
      const { kind, mode, uid, gid, linkTarget } = entry;
      const link = linkTarget === undefined ? {} : { linkTarget };
      return [[path, { exists: true, kind, mode, uid, gid, ...link }]];
    });
    return Object.fromEntries(seen);
  }

  /**
   * Looks at paths that are about to be asked for, a few at a time: over a long line the wait for each would add up.
   * Ends when all of them have ended, so that no request is under way behind a failure.
   */
  async lookAhead(paths: readonly string[]): Promise<void> {
    const lane = new Lane(lookAheadWidth);
    const looks = await Promise.allSettled(
      paths.map(async (path) => {
        await lane.enter();
        try {
          await this.look(path);
        } finally {
          lane.leave();
        }
      }),
    );
    const failed = looks.find((look) => look.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /** Looks a path up, links among its folders and its own followed; all that was met on the way is remembered. */
  async look(path: string): Promise<Looked> {
    let here = this.#reachable(path);
    for (let links = 0; links <= mostLinks; links += 1) {
      const step = await this.#walk(here);
      if (typeof step !== 'string') return step;
      here = this.#reachable(step);
    }
    return { state: 'unseen' };
  }

  /** The path itself, links among its folders followed but not its own. */
  async lookAtItself(path: string): Promise<Looked> {
    const folder = await this.look(path.slice(0, path.lastIndexOf('/')));
    if (folder.state !== 'found') return folder;
    const own = `${folder.path}${path.slice(path.lastIndexOf('/'))}`;
    const entry = await this.#entry(own);
    if (typeof entry === 'string') return { state: entry };
    return { state: 'found', path: own, entry };
  }

  /** As {@link look}, with its owner: one more request where that is not known yet. Its content is not read. */
  async lookWithOwner(path: string): Promise<Looked> {
    const looked = await this.look(path);
    if (looked.state !== 'found' || looked.entry.uid !== undefined) return looked;
    // A socket is in no archive: its owner can't be had.
    if (looked.entry.kind !== 'file' && looked.entry.kind !== 'folder') return looked;
    const header = await this.#asking.ask(() => this.#door.readHeader(this.#container, looked.path, this.#options));
    if (typeof header !== 'string') this.#learn(looked.path, header);
    return this.look(looked.path);
  }

  /** The content of a file, links followed; `undefined` where it could not be read or is longer. */
  async text(path: string, limitBytes: number): Promise<string | 'absent' | undefined> {
    const looked = await this.look(path);
    if (looked.state === 'absent') return 'absent';
    if (looked.state === 'unseen' || looked.entry.kind !== 'file') return undefined;
    if (looked.entry.content !== undefined) return looked.entry.content.toString('utf8');
    if (looked.entry.sizeBytes > limitBytes) return undefined;
    const limits = { limitEntries: 1, wantedBytes: () => limitBytes };
    const entries = await this.#asking.ask(() => this.#door.read(this.#container, looked.path, limits, this.#options));
    if (typeof entries === 'string') return entries === 'absent' ? 'absent' : undefined;
    const [entry] = entries;
    if (entry?.kind !== 'file' || entry.content === undefined) return undefined;
    this.#learn(looked.path, entry);
    return entry.content.toString('utf8');
  }

  /**
   * A folder with all that is below it, in one request: only for small ones.
   * @returns paths of its entries, without the folder itself; `undefined` where it could not be read whole
   */
  async tree(
    path: string,
    { limitEntries, wantedBytes }: TreeLimits,
  ): Promise<readonly string[] | 'absent' | undefined> {
    const looked = await this.look(path);
    if (looked.state === 'absent') return 'absent';
    if (looked.state === 'unseen' || looked.entry.kind !== 'folder') return undefined;
    const root = looked.path;
    if (!this.#whole.has(root)) {
      const limits = {
        limitEntries,
        wantedBytes: ({ name }: { name: string }) => wantedBytes(pathBelow(root, name) ?? ''),
      };
      const entries = await this.#asking.ask(() => this.#door.read(this.#container, root, limits, this.#options));
      if (typeof entries === 'string') return entries === 'absent' ? 'absent' : undefined;
      this.#learnTree(root, entries);
    }
    return [...this.#known]
      .flatMap(([known, entry]) =>
        typeof entry === 'object' && known !== root && isWithin(known, root) ? [known] : [],
      )
      .toSorted();
  }

  #learnTree(root: string, entries: readonly ArchiveEntry[]): void {
    for (const entry of entries) {
      const path = pathBelow(root, entry.name);
      if (path === undefined) continue;
      this.#learn(path, entry);
      if (entry.kind === 'folder') this.#whole.add(path);
    }
  }

  #learn(path: string, { kind, mode, uid, gid, sizeBytes, linkTarget, content }: ArchiveEntry): void {
    const before = this.#known.get(path);
    this.#known.set(path, {
      modifiedAt: typeof before === 'object' ? before.modifiedAt : undefined,
      // A second name of a file: its content stands under the first one, and its own size is none.
      kind: kind === 'hard-link' ? 'file' : kind,
      mode,
      sizeBytes: kind === 'hard-link' ? Number.MAX_SAFE_INTEGER : sizeBytes,
      uid,
      gid,
      linkTarget: kind === 'link' ? linkTarget : undefined,
      content,
    });
  }

  /** Where the path lies in what is mounted. */
  #reachable(path: string): string {
    const spelled = spelledOut(path);
    return this.#sourceOf(spelled) === undefined ? withUsualLinks(spelled) : spelled;
  }

  #sourceOf(path: string): string | undefined {
    const around = this.#sources.filter((source) => isWithin(path, source.path));
    return around.toSorted((left, right) => right.path.length - left.path.length)[0]?.path;
  }

  /** @returns the path that a link on the way leads to, or what stands at the end */
  async #walk(path: string): Promise<Looked | string> {
    const source = this.#sourceOf(path);
    if (source === undefined) return { state: 'unseen' };
    let end = source.length;
    for (;;) {
      const place = path.slice(0, end);
      const entry = await this.#entry(place);
      if (typeof entry === 'string') return { state: entry };
      if (entry.kind === 'link') {
        if (entry.linkTarget === undefined) return { state: 'unseen' };
        const folder = place.slice(0, place.lastIndexOf('/'));
        const target = entry.linkTarget.startsWith('/') ? entry.linkTarget : `${folder}/${entry.linkTarget}`;
        return spelledOut(target + path.slice(end));
      }
      if (end === path.length) return { state: 'found', path, entry };
      if (entry.kind !== 'folder') return { state: 'absent' };
      const next = path.indexOf('/', end + 1);
      end = next < 0 ? path.length : next;
    }
  }

  /** A path whose folders are no links. */
  async #entry(path: string): Promise<SeenEntry | 'absent' | 'unseen'> {
    this.#visited.add(path);
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    if (this.#whole.has(path.slice(0, path.lastIndexOf('/')))) return 'absent';
    const pending = this.#pending.get(path) ?? this.#askEntry(path);
    this.#pending.set(path, pending);
    try {
      const entry = await pending;
      this.#known.set(path, entry);
      return entry;
    } finally {
      this.#pending.delete(path);
    }
  }

  #askEntry(path: string): Promise<SeenEntry | 'absent' | 'unseen'> {
    return this.#asking.ask(async (): Promise<SeenEntry> => {
      const stat = await this.#door.stat(this.#container, path, this.#options);
      if (stat.kind !== 'link') return stat;
      const { uid, gid, linkTarget } = await this.#door.readHeader(this.#container, path, this.#options);
      return { ...stat, uid, gid, linkTarget };
    });
  }
}

/** Archives name their entries from the folder's own name on: `system/docker.service`. */
const pathBelow = (root: string, name: string): string | undefined => {
  const components = name.split('/').slice(1);
  if (components.some((component) => component === '' || component === '.' || component === '..')) return undefined;
  if (name.startsWith('/')) return undefined;
  return [root, ...components].join('/');
};

import { pack } from 'tar-stream';

/** One file of a simulated host; owners are root's and modes the usual ones unless given. */
export type SimulatedFile = { readonly mode?: number; readonly uid?: number; readonly gid?: number } & (
  | { readonly content: string }
  | { readonly linkTo: string }
  | { readonly kind: 'folder' | 'socket' }
);

/** By absolute path; folders above are made as needed. */
export type SimulatedFiles = Readonly<Record<string, SimulatedFile>>;

const writtenAt = new Date('2026-11-01T00:00:00Z');
/** Bits of Go's `fs.FileMode`, as the header of the archive endpoint has them. */
const goBits = { folder: 2 ** 31, link: 2 ** 27, socket: 2 ** 24, setUid: 2 ** 23, setGid: 2 ** 22, sticky: 2 ** 20 };

const kindOf = (file: SimulatedFile): 'file' | 'folder' | 'link' | 'socket' => {
  if ('content' in file) return 'file';
  return 'linkTo' in file ? 'link' : file.kind;
};

const modeOf = (file: SimulatedFile): number => {
  const usual = { file: 0o644, folder: 0o755, link: 0o777, socket: 0o660 };
  return file.mode ?? usual[kindOf(file)];
};

/** The files of a simulated host as the archive endpoint shows them through read-only mounts. */
export class SimulatedFileTree {
  readonly #files = new Map<string, SimulatedFile>();

  constructor(files: SimulatedFiles) {
    for (const [path, file] of Object.entries(files)) {
      for (let end = path.indexOf('/', 1); end > 0; end = path.indexOf('/', end + 1)) {
        const folder = path.slice(0, end);
        if (!this.#files.has(folder)) this.#files.set(folder, { kind: 'folder' });
      }
      this.#files.set(path, file);
    }
  }

  has(path: string): boolean {
    return this.#files.has(path);
  }

  /** The value of `X-Docker-Container-Path-Stat`; `undefined`: no such path. */
  statHeader(path: string): string | undefined {
    const file = this.#files.get(path);
    if (file === undefined) return undefined;
    const kind = kindOf(file);
    const mode = modeOf(file);
    const special =
      (mode & 0o4000 ? goBits.setUid : 0) + (mode & 0o2000 ? goBits.setGid : 0) + (mode & 0o1000 ? goBits.sticky : 0);
    const stat = {
      name: path.slice(path.lastIndexOf('/') + 1),
      size: 'content' in file ? Buffer.byteLength(file.content) : 0,
      mode: (mode & 0o777) + special + (kind === 'file' ? 0 : goBits[kind]),
      mtime: writtenAt.toISOString(),
      linkTarget: 'linkTo' in file ? file.linkTo : '',
    };
    return Buffer.from(JSON.stringify(stat)).toString('base64');
  }

  /** A tar of a path and all below it, named from its own last component on; sockets are left out. */
  async archive(path: string): Promise<Buffer> {
    const tar = pack();
    const above = path.lastIndexOf('/') + 1;
    const below = [...this.#files].filter(([other]) => other === path || other.startsWith(`${path}/`));
    for (const [other, file] of below.toSorted(([left], [right]) => (left < right ? -1 : 1))) {
      const header = {
        name: other.slice(above),
        mode: modeOf(file),
        uid: file.uid ?? 0,
        gid: file.gid ?? 0,
        mtime: writtenAt,
      };
      if ('content' in file) tar.entry(header, file.content);
      else if ('linkTo' in file) tar.entry({ ...header, type: 'symlink', linkname: file.linkTo });
      else if (file.kind === 'folder') tar.entry({ ...header, name: `${header.name}/`, type: 'directory' });
    }
    tar.finalize();
    const pieces: Buffer[] = [];
    for await (const piece of tar) if (piece instanceof Uint8Array) pieces.push(Buffer.from(piece));
    return Buffer.concat(pieces);
  }
}

import { z } from 'zod';
import { EngineError } from './engine-error.ts';

/** What the engine tells of one path in a container. */
export interface PathStat {
  readonly kind: 'file' | 'folder' | 'link' | 'socket' | 'other';
  /** Permission bits with set-uid, set-gid and sticky, as `stat` and `chmod` count them. */
  readonly mode: number;
  /** Bytes; of a folder whatever its file system says. */
  readonly sizeBytes: number;
  /** As written by the engine, with its fraction: two paths with one name and time are one folder seen twice. */
  readonly modifiedAt: string;
}

/** Bits of Go's `fs.FileMode`. */
const bit = { folder: 31, link: 27, device: 26, pipe: 25, socket: 24, setUid: 23, setGid: 22, sticky: 20 } as const;

const Stat = z.object({
  mode: z.int().min(0).max(0xff_ff_ff_ff),
  size: z.int().min(0),
  mtime: z.string().max(64),
});

/** As bits above the 31st are beyond JavaScript's operators. */
const has = (mode: number, position: number): boolean => Math.floor(mode / 2 ** position) % 2 === 1;

/**
 * Reads the header `X-Docker-Container-Path-Stat`: JSON in base64.
 * @throws EngineError `malformed`
 */
export const parsePathStat = (header: string | string[] | undefined): PathStat => {
  try {
    const decoded: unknown = JSON.parse(Buffer.from(String(header).slice(0, 8192), 'base64').toString('utf8'));
    const { mode, size, mtime } = Stat.parse(decoded);
    return {
      kind: kindOf(mode),
      mode:
        (mode % 0o1000) +
        (has(mode, bit.setUid) ? 0o4000 : 0) +
        (has(mode, bit.setGid) ? 0o2000 : 0) +
        (has(mode, bit.sticky) ? 0o1000 : 0),
      sizeBytes: size,
      modifiedAt: mtime,
    };
  } catch (cause) {
    throw new EngineError('malformed', { detail: 'The engine tells nothing usable of a path in a container.', cause });
  }
};

const kindOf = (mode: number): PathStat['kind'] => {
  if (has(mode, bit.folder)) return 'folder';
  if (has(mode, bit.link)) return 'link';
  if (has(mode, bit.socket)) return 'socket';
  return has(mode, bit.device) || has(mode, bit.pipe) ? 'other' : 'file';
};

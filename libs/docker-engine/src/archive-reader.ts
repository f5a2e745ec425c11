import { setImmediate } from 'node:timers/promises';
import { type Extract, extract, type Header } from 'tar-stream';
import { EngineError } from './engine-error.ts';

/** One entry of an archive. Its name is data and no path of ours: nothing is ever written anywhere. */
export interface ArchiveEntry {
  /** As written, without a slash at the end. */
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'link' | 'hard-link' | 'other';
  /** `mode & 0o7777` */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** As its header claims. */
  readonly sizeBytes: number;
  /** Of a link, as written in it; of a hard link, the name of the entry that has the content. */
  readonly linkTarget: string | undefined;
  /** `undefined` where it was not wanted. */
  readonly content: Buffer | undefined;
}

export interface ArchiveLimits {
  /** Beyond: an error, never a shorter list that looks whole. */
  readonly limitEntries: number;
  /**
   * How many bytes of an entry's content are wanted, 0 for none: what is not wanted, such as a
   * private key that comes along, is overwritten unread.
   * A file that is longer than wanted has no content here.
   */
  readonly wantedBytes: (entry: Omit<ArchiveEntry, 'content'>) => number;
}

const longestName = 4096;
const malformed = (cause?: unknown): EngineError =>
  new EngineError('malformed', { detail: 'The engine sent an archive that is none.', cause });

const kinds: Partial<Record<string, ArchiveEntry['kind']>> = {
  file: 'file',
  'contiguous-file': 'file',
  directory: 'folder',
  symlink: 'link',
  link: 'hard-link',
};

const isId = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

/** @throws EngineError `malformed` for numbers and names that no file system has */
const factsOf = ({ name, type, mode, uid, gid, size, linkname }: Header) => {
  const numbers = [mode, uid, gid, size];
  const linkTarget: string | null = linkname; // null where there is none, whatever its type says
  if (!numbers.every(isId) || name.length > longestName || (linkTarget ?? '').length > longestName) throw malformed();
  return {
    name: name.replace(/\/+$/u, ''),
    kind: kinds[type] ?? ('other' as const),
    mode: mode % 0o10000,
    uid,
    gid,
    sizeBytes: size,
    linkTarget: linkTarget ?? undefined,
  };
};

/** Copies what is wanted; where it came from is overwritten once the archive is read. */
const take = async (content: AsyncIterable<unknown>, wantedBytes: number): Promise<Buffer | undefined> => {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of content) {
    if (!(part instanceof Uint8Array)) continue;
    bytes += part.byteLength;
    if (bytes <= wantedBytes) parts.push(Buffer.from(part));
  }
  return bytes <= wantedBytes ? Buffer.concat(parts) : undefined;
};

/**
 * Reads a tar as it comes. The caller bounds bytes and time; this bounds entries and what is kept of each.
 * @throws EngineError `malformed`, `too-large`
 */
export const readArchive = async (
  body: AsyncIterable<Uint8Array>,
  { limitEntries, wantedBytes }: ArchiveLimits,
): Promise<ArchiveEntry[]> => {
  const entries: ArchiveEntry[] = [];
  await eachEntry(body, async (facts, content) => {
    if (entries.length >= limitEntries)
      throw new EngineError('too-large', { detail: `A folder of the host holds more than ${limitEntries} entries.` });
    const wanted = facts.kind === 'file' ? wantedBytes(facts) : 0;
    const taken = await take(content, wanted);
    entries.push({ ...facts, content: wanted === 0 ? undefined : taken });
    return true;
  });
  return entries;
};

/**
 * The first entry's header. What came of the rest in the same pieces is overwritten, and no more is read.
 * @throws EngineError `malformed` where there is no entry, as for a socket
 */
export const readFirstHeader = async (body: AsyncIterable<Uint8Array>): Promise<ArchiveEntry> => {
  let first: ArchiveEntry | undefined;
  await eachEntry(body, (facts) => {
    first = { ...facts, content: undefined };
    return Promise.resolve(false);
  });
  if (first === undefined) throw malformed();
  return first;
};

type EntryFacts = ReturnType<typeof factsOf>;

/** Feeds the parser piece by piece until `visit` says no; then nothing more is asked of the body. */
const eachEntry = async (
  body: AsyncIterable<Uint8Array>,
  visit: (facts: EntryFacts, content: AsyncIterable<unknown>) => Promise<boolean>,
): Promise<void> => {
  const parser = extract();
  const feeding: Feeding = { brokenBy: undefined };
  void feed(parser, body, feeding); // ends by itself, at the latest with the body
  try {
    for await (const entry of parser) if (!(await visit(factsOf(entry.header), entry))) break;
  } catch (error) {
    if (error instanceof EngineError) throw error;
    throw feeding.brokenBy ?? malformed(error);
  } finally {
    parser.destroy();
  }
  // A body that broke off ends the parser without an error of its own.
  if (feeding.brokenBy !== undefined) throw feeding.brokenBy;
};

interface Feeding {
  brokenBy: Error | undefined;
}

/** Every piece is overwritten once the parser is done with it. Never rejects. */
const feed = async (parser: Extract, body: AsyncIterable<Uint8Array>, feeding: Feeding): Promise<void> => {
  const pieces: Uint8Array[] = [];
  const overwrite = (): void => pieces.forEach((piece) => piece.fill(0));
  parser.once('close', overwrite);
  try {
    for await (const piece of body) {
      pieces.push(piece);
      parser.write(piece); // all of it is bounded, so nothing has to be held back
      await setImmediate(); // what it holds is looked at before more is asked for
      if (parser.destroyed) break;
    }
    parser.end(null);
  } catch (error) {
    feeding.brokenBy = error instanceof Error ? error : new Error(String(error));
    parser.destroy();
  } finally {
    if (parser.destroyed) overwrite();
  }
};

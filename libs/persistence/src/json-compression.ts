import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** JSON for a bytea column, with its size in bytes before and after. */
export interface CompressedJson {
  readonly content: Uint8Array<ArrayBuffer>;
  readonly plainBytes: number;
  readonly storedBytes: number;
}

/** What `compressJson` takes is less than what `decompressJson` gives back, so that nothing is stored unreadable. */
const defaultPlainLimitBytes = 256 * 1024 * 1024;

/** A value is larger as JSON than may be stored. */
export class JsonTooLarge extends Error {
  override readonly name = 'JsonTooLarge';
  readonly limitBytes: number;
  constructor(limitBytes: number) {
    super(`The value is larger than ${limitBytes} bytes as JSON`);
    this.limitBytes = limitBytes;
  }
}

/**
 * Compresses a value as JSON with Zstandard (RFC 8878).
 * @param limitBytes the largest plain size; default 256 MiB
 * @throws JsonTooLarge
 */
export async function compressJson(value: unknown, limitBytes = defaultPlainLimitBytes): Promise<CompressedJson> {
  // Before it is written out: `JSON.stringify` would first fill the memory, and then throw a RangeError of its own.
  if (fewestJsonBytes(value, limitBytes) > limitBytes) throw new JsonTooLarge(limitBytes);
  const plain = Buffer.from(JSON.stringify(value));
  if (plain.byteLength > limitBytes) throw new JsonTooLarge(limitBytes);
  const content = new Uint8Array(
    await compress(plain, { params: { [constants.ZSTD_c_compressionLevel]: 6, [constants.ZSTD_c_checksumFlag]: 1 } }),
  );
  return { content, plainBytes: plain.byteLength, storedBytes: content.byteLength };
}

/**
 * Reads what `compressJson` wrote.
 * @param limitBytes the largest plain size to accept; default 512 MiB
 * @throws RangeError when it is larger, an error of zlib when the content is damaged
 */
export async function decompressJson(content: Uint8Array, limitBytes = 512 * 1024 * 1024): Promise<unknown> {
  const plain = await decompress(content, { maxOutputLength: limitBytes });
  return JSON.parse(plain.toString('utf8'));
}

/**
 * At least so many bytes has the value as JSON, a byte for a character and no escapes; stops counting beyond the limit.
 * It goes through everything that is ever stored: no list of entries is made, and no text is measured in UTF-8.
 */
const fewestJsonBytes = (value: unknown, limitBytes: number): number => {
  let bytes = 0;
  const left: unknown[] = [value];
  while (left.length > 0 && bytes <= limitBytes) {
    const one = left.pop();
    if (typeof one === 'string') {
      bytes += one.length + 2;
    } else if (Array.isArray(one)) {
      bytes += one.length;
      for (const item of one) left.push(item);
    } else if (isRecord(one)) {
      for (const key in one) {
        const item = one[key];
        if (item === undefined) continue;
        bytes += key.length + 4;
        if (typeof item === 'string') bytes += item.length + 2;
        else left.push(item);
      }
    } else {
      bytes += 1;
    }
  }
  return bytes;
};

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

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

/** Compresses a value as JSON with Zstandard (RFC 8878). */
export async function compressJson(value: unknown): Promise<CompressedJson> {
  const plain = Buffer.from(JSON.stringify(value));
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

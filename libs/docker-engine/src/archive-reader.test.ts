import { pack } from 'tar-stream';
import { describe, expect, test } from 'vitest';
import { type ArchiveLimits, readArchive, readFirstHeader } from './archive-reader.ts';

type Header = Parameters<ReturnType<typeof pack>['entry']>[0];

const tarOf = async (...entries: readonly (readonly [Header, string?])[]): Promise<Buffer> => {
  const tar = pack();
  for (const [header, content] of entries) {
    // A file without content waits for somebody to write it.
    if (header.type === undefined) tar.entry(header, content ?? '');
    else tar.entry(header);
  }
  tar.finalize();
  const pieces: Uint8Array[] = [];
  for await (const piece of tar) if (piece instanceof Uint8Array) pieces.push(piece);
  return Buffer.concat(pieces);
};

/** In pieces of a size, as a line would deliver them. */
async function* inPieces(body: Buffer, bytes = body.length): AsyncGenerator<Buffer> {
  for (let at = 0; at < body.length; at += bytes) yield Buffer.from(body.subarray(at, at + bytes));
}

const everything: ArchiveLimits = { limitEntries: 100, wantedBytes: () => 1_000 };

/** The fields of a header written by hand, with a checksum that fits. */
const withHeader = (tar: Buffer, change: (header: Buffer) => void): Buffer => {
  const copy = Buffer.from(tar);
  change(copy);
  copy.fill(' ', 148, 156);
  const sum = copy.subarray(0, 512).reduce((all, byte) => all + byte, 0);
  copy.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return copy;
};

describe('an archive', () => {
  test.for([1, 7, 511, 513, 100_000])('is read whole in pieces of %d bytes', async (bytes) => {
    const tar = await tarOf(
      [{ name: 'system/', type: 'directory', mode: 0o755 }],
      [{ name: 'system/a.service', mode: 0o640, uid: 1000, gid: 33 }, 'content'],
      [{ name: 'system/link', type: 'symlink', linkname: '../elsewhere' }],
    );
    const entries = await readArchive(inPieces(tar, bytes), everything);
    expect(entries).toMatchObject([
      { name: 'system', kind: 'folder', mode: 0o755, content: undefined },
      { name: 'system/a.service', kind: 'file', mode: 0o640, uid: 1000, gid: 33, content: Buffer.from('content') },
      { name: 'system/link', kind: 'link', linkTarget: '../elsewhere', content: undefined },
    ]);
  });

  test.for([
    ['an absolute name', { name: '/etc/passwd' }],
    ['a name that leads out', { name: '../../../etc/passwd' }],
    ['a name with escape codes', { name: 'a\u001b[31m\nb' }],
    ['a link to anywhere', { name: 'a', type: 'symlink', linkname: '/etc/shadow' }],
    ['a hard link', { name: 'a', type: 'link', linkname: '/etc/shadow' }],
    ['a device', { name: 'sda', type: 'block-device' }],
    ['a name beyond the header', { name: `${'long/'.repeat(60)}name` }],
  ] as const)('with %s is data and nothing more', async ([, header]) => {
    const [entry] = await readArchive(inPieces(await tarOf([header])), everything);
    expect(entry?.name).toBe(header.name);
  });

  test('keeps the content that is wanted, and of a longer file none', async () => {
    const tar = await tarOf([{ name: 'd/short' }, 'abc'], [{ name: 'd/long' }, 'abcdef'], [{ name: 'd/key' }, 'k']);
    const wantedBytes: ArchiveLimits['wantedBytes'] = ({ name }) => (name === 'd/key' ? 0 : 4);
    const entries = await readArchive(inPieces(tar), { limitEntries: 10, wantedBytes });
    expect(entries.map(({ content }) => content?.toString())).toEqual(['abc', undefined, undefined]);
  });

  test('is overwritten where it lay in memory', async () => {
    const tar = await tarOf([{ name: 'd/key' }, 'a private key']);
    async function* body(): AsyncGenerator<Buffer> {
      yield tar;
    }
    await readArchive(body(), everything);
    await expect.poll(() => tar.every((byte) => byte === 0)).toBe(true);
  });

  test('with more entries than allowed is an error and no shorter list', async () => {
    const tar = await tarOf([{ name: 'a' }], [{ name: 'b' }], [{ name: 'c' }]);
    const read = readArchive(inPieces(tar), { ...everything, limitEntries: 2 });
    await expect(read).rejects.toMatchObject({ reason: 'too-large' });
  });

  test.for([
    ['text', () => Buffer.from('<html>'.repeat(200))],
    ['half of a file', (tar: Buffer) => tar.subarray(0, 600)],
    ['half of a header', (tar: Buffer) => tar.subarray(0, 100)],
    ['a wrong checksum', (tar: Buffer) => Buffer.from(tar).fill('9', 100, 104)],
    [
      'a size of eight exabytes and no content',
      (tar: Buffer) => withHeader(tar, (header) => header.fill(0x7f, 125, 136).fill(0x80, 124, 125)),
    ],
    ['a negative size', (tar: Buffer) => withHeader(tar, (header) => header.fill(0xff, 124, 136))],
    [
      'an owner beyond all numbers',
      (tar: Buffer) => withHeader(tar, (header) => header.fill(0xff, 108, 116).fill(0x80, 108, 109)),
    ],
    [
      'an extension of gigabytes',
      (tar: Buffer) => withHeader(tar, (header) => header.write('x', 156) && header.write('77777777777', 124)),
    ],
  ] as const)('that is %s is malformed', async ([, change]) => {
    const tar = change(await tarOf([{ name: 'a' }, 'x'.repeat(600)]));
    await expect(readArchive(inPieces(tar, 100), everything)).rejects.toMatchObject({ reason: 'malformed' });
  });

  test('ends with what broke its body off', async () => {
    const tar = await tarOf([{ name: 'a' }, 'x'.repeat(600)]);
    async function* breaking(): AsyncGenerator<Buffer> {
      yield tar.subarray(0, 700);
      throw new Error('the line was cut');
    }
    await expect(readArchive(breaking(), everything)).rejects.toThrow('the line was cut');
  });
});

describe('the first header', () => {
  test('comes without content, asks for no more, and what came along is overwritten', async () => {
    const tar = await tarOf([{ name: 'key.pem', mode: 0o600, uid: 12 }, 'a private key']);
    const first = Buffer.from(tar);
    let asked = 0;
    async function* body(): AsyncGenerator<Buffer> {
      asked += 1;
      yield first;
      asked += 1;
      yield Buffer.alloc(512);
    }
    await expect(readFirstHeader(body())).resolves.toMatchObject({ mode: 0o600, uid: 12, content: undefined });
    expect(asked).toBe(1);
    await expect.poll(() => first.includes('private')).toBe(false);
  });

  test('is told behind the extensions of a long name', async () => {
    const name = `${'long/'.repeat(60)}name`;
    await expect(readFirstHeader(inPieces(await tarOf([{ name, uid: 3 }]), 64))).resolves.toMatchObject({
      name,
      uid: 3,
    });
  });

  test('of an archive with no entry is malformed, as of a socket', async () => {
    await expect(readFirstHeader(inPieces(Buffer.alloc(1024)))).rejects.toMatchObject({ reason: 'malformed' });
  });
});

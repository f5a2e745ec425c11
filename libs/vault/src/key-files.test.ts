import { createPrivateKey } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadOrCreateMasterKey, loadOrCreateSigningKey } from './key-files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-keys-'));
});
afterEach(() => rm(folder, { recursive: true }));

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

test('a master key file is made once, for its owner alone, and read afterwards', async () => {
  const path = join(folder, 'data', 'master.key');
  const first = await loadOrCreateMasterKey(path);
  const second = await loadOrCreateMasterKey(path);
  expect(second.currentKeyId).toBe(first.currentKeyId);
  expect(await modeOf(path)).toBe(0o600);
  expect(await readdir(join(folder, 'data'))).toEqual(['master.key']);
});

test('several starts at once agree on one key', async () => {
  const path = join(folder, 'master.key');
  const keyrings = await Promise.all(Array.from({ length: 8 }, () => loadOrCreateMasterKey(path)));
  expect(new Set(keyrings.map((keyring) => keyring.currentKeyId)).size).toBe(1);
});

test('a key file that others could read is closed to them', async () => {
  const path = join(folder, 'master.key');
  await loadOrCreateMasterKey(path);
  await chmod(path, 0o644);
  await loadOrCreateMasterKey(path);
  expect(await modeOf(path)).toBe(0o600);
});

test('a damaged key file is refused, never replaced', async () => {
  const path = join(folder, 'master.key');
  await writeFile(path, 'not a key');
  await expect(loadOrCreateMasterKey(path)).rejects.toMatchObject({ code: 'master-key-invalid' });
  expect((await stat(path)).size).toBe('not a key'.length);
});

test('a place that can not be written to is named', async () => {
  await writeFile(join(folder, 'file'), '');
  const path = join(folder, 'file', 'master.key');
  await expect(loadOrCreateMasterKey(path)).rejects.toMatchObject({
    code: 'key-file-invalid',
    message: expect.stringContaining(path),
  });
});

test('the signing key is an Ed25519 key of its owner alone', async () => {
  const path = join(folder, 'signing.pem');
  const pem = await loadOrCreateSigningKey(path);
  expect(createPrivateKey(pem).asymmetricKeyType).toBe('ed25519');
  expect(await loadOrCreateSigningKey(path)).toBe(pem);
  expect(await modeOf(path)).toBe(0o600);
});

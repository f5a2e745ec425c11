import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Actor, permissionsOf } from '@plimsoll/contracts';
import type { Identity } from '@plimsoll/identity';

const thisProcess = { address: '127.0.0.1', requestId: null, userAgent: null };

/**
 * The API key that this machine's start uses, as any client would: kept beside the other keys, seen in the tenant's
 * list of keys, made anew when it was revoked or has expired.
 */
export const startKey = async (identity: Identity, tenantId: string, dataDir: string): Promise<string> => {
  const path = join(dataDir, 'keys', 'start.key');
  const known = await readFile(path, 'utf8').catch(() => undefined);
  if (known !== undefined) {
    const principal = await identity.authenticator.apiKey(known, thisProcess).catch(() => undefined);
    if (principal?.tenantId === tenantId) return known;
  }
  const system: Actor = {
    kind: 'system',
    id: null,
    name: 'start',
    tenantId,
    role: 'operator',
    permissions: new Set(permissionsOf.operator),
    address: null,
    requestId: null,
  };
  // Before the key is made: with all other keys given as settings, nobody has made this folder yet.
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const { key } = await identity.apiKeys.create(system, {
    name: 'npm start on this machine',
    role: 'operator',
    expiresInDays: 90,
  });
  await writeFile(path, key, { mode: 0o600 });
  return key;
};

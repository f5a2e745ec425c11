import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface ClientMaterial {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** A fresh folder below the system's temporary one. */
export const temporaryFolder = (purpose: string): Promise<string> =>
  mkdtemp(join(tmpdir(), `plimsoll-e2e-${purpose}-`));

/** Writes the three files under the names that the Docker client gives them. @returns the folder */
export const writeClientFiles = async (
  folder: string,
  { ca, certificate, key }: ClientMaterial,
  left: readonly ('ca.pem' | 'cert.pem' | 'key.pem')[] = [],
): Promise<string> => {
  await mkdir(folder, { recursive: true });
  const files = { 'ca.pem': ca, 'cert.pem': certificate, 'key.pem': key };
  for (const [name, text] of Object.entries(files))
    if (!left.some((each) => each === name)) await writeFile(join(folder, name), text, { mode: 0o600 });
  return folder;
};

/** Writes a context as `docker context create` does, below a client's configuration folder. */
export const writeContext = async (
  configFolder: string,
  name: string,
  { address, tls }: { address: string; tls?: ClientMaterial },
): Promise<void> => {
  const id = createHash('sha256').update(name).digest('hex');
  const metadata = join(configFolder, 'contexts/meta', id);
  await mkdir(metadata, { recursive: true });
  await writeFile(
    join(metadata, 'meta.json'),
    JSON.stringify({ Name: name, Metadata: {}, Endpoints: { docker: { Host: address, SkipTLSVerify: false } } }),
  );
  if (tls !== undefined) await writeClientFiles(join(configFolder, 'contexts/tls', id, 'docker'), tls);
};

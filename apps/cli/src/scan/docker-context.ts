import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CommandFailed } from '../output/command-failed.ts';

/** Where a Docker client would connect to, and the folder with ca.pem, cert.pem and key.pem if there is TLS. */
export interface DockerEndpoint {
  address: string;
  tlsFolder: string | undefined;
  /** How it was found, for messages. */
  origin: string;
}

const ClientConfiguration = z.object({ currentContext: z.string().optional() });
const ContextMetadata = z.object({
  Endpoints: z.object({ docker: z.object({ Host: z.string(), SkipTLSVerify: z.boolean().optional() }) }),
});

const readJson = <T>(path: string, schema: z.ZodType<T>): T => {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new CommandFailed('docker-configuration-unreadable', `${path} is not what the Docker client writes.`, {
      exitCode: 2,
      cause,
    });
  }
};

/** The name of the context that the Docker client would use, `undefined` for its default. */
export const currentContext = (configFolder: string): string | undefined => {
  const path = join(configFolder, 'config.json');
  return existsSync(path) ? readJson(path, ClientConfiguration).currentContext : undefined;
};

/**
 * Reads a Docker context. Its folders are named by the SHA-256 of its name.
 * @throws CommandFailed `context-not-found`
 * @see https://docs.docker.com/engine/manage-resources/contexts/
 */
export const readContext = (configFolder: string, name: string): DockerEndpoint => {
  const folder = createHash('sha256').update(name).digest('hex');
  const metadata = join(configFolder, 'contexts', 'meta', folder, 'meta.json');
  if (!existsSync(metadata))
    throw new CommandFailed('context-not-found', `There is no Docker context "${name}".`, {
      fix: 'List them: docker context ls',
      exitCode: 2,
    });
  const tlsFolder = join(configFolder, 'contexts', 'tls', folder, 'docker');
  return {
    address: readJson(metadata, ContextMetadata).Endpoints.docker.Host,
    tlsFolder: existsSync(tlsFolder) ? tlsFolder : undefined,
    origin: `context "${name}"`,
  };
};

import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { TlsMaterial } from '@plimsoll/docker-engine';
import { CommandFailed } from '../output/command-failed.ts';
import { type DockerEndpoint, currentContext, readContext } from './docker-context.ts';

export interface EndpointOptions {
  address?: string | undefined;
  tlsDir?: string | undefined;
  context?: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

export const defaultSocket = 'unix:///var/run/docker.sock';

/**
 * Finds the host as the Docker client would: an address given, a context given, `DOCKER_HOST`, `DOCKER_CONTEXT`,
 * the current context, the default socket. `--tls-dir` wins over `DOCKER_CERT_PATH`, that over `~/.docker`.
 */
export const findEndpoint = (options: EndpointOptions, environment: Environment): DockerEndpoint => {
  const configFolder = environment['DOCKER_CONFIG'] ?? join(homedir(), '.docker');
  const found = locate(options, environment, configFolder);
  return { ...found, tlsFolder: options.tlsDir ?? found.tlsFolder };
};

const locate = (options: EndpointOptions, environment: Environment, configFolder: string): DockerEndpoint => {
  const tlsFolder = environment['DOCKER_CERT_PATH'] ?? (environment['DOCKER_TLS_VERIFY'] ? configFolder : undefined);
  if (options.address !== undefined) return { address: options.address, tlsFolder, origin: 'the command line' };
  if (options.context !== undefined && options.context !== 'default') return readContext(configFolder, options.context);
  const host = environment['DOCKER_HOST'];
  if (host) return { address: host, tlsFolder, origin: 'DOCKER_HOST' };
  const context = environment['DOCKER_CONTEXT'] ?? currentContext(configFolder);
  if (options.context !== 'default' && context !== undefined && context !== 'default')
    return readContext(configFolder, context);
  return { address: defaultSocket, tlsFolder: undefined, origin: 'the default socket' };
};

/**
 * Reads ca.pem, cert.pem and key.pem, named as Docker names them.
 * @throws CommandFailed `tls-material-missing` naming the file
 */
export const readTlsFolder = (folder: string): TlsMaterial => {
  const read = (name: string): string => {
    const path = join(folder, name);
    if (!existsSync(path))
      throw new CommandFailed('tls-material-missing', `${path} does not exist.`, {
        fix: 'The folder needs ca.pem, cert.pem and key.pem.',
        exitCode: 2,
      });
    return readFileSync(path, 'utf8');
  };
  return { ca: read('ca.pem'), certificate: read('cert.pem'), key: read('key.pem') };
};

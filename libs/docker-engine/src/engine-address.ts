import { EngineError } from './engine-error.ts';

/** Where a Docker host is reached. `host` is a name or an address without brackets. */
export type EngineAddress =
  | { readonly transport: 'tcp'; readonly host: string; readonly port: number }
  | { readonly transport: 'unix'; readonly path: string };

const hostPattern = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252})))(?::(\d{1,5}))?$/u;
const refuse = (detail: string): never => {
  throw new EngineError('invalid-address', { detail });
};

/**
 * Reads `tcp://name:port` or `unix:///path` as Docker writes them (`https://` is taken as `tcp://`).
 * Without a port: 2376, the registered port of the Engine API over TLS.
 * @throws EngineError `invalid-address`
 */
export const parseEngineAddress = (address: string): EngineAddress => {
  if (address.startsWith('unix://')) {
    const path = address.slice('unix://'.length);
    // 107 bytes is what a socket's address can hold on Linux.
    if (!path.startsWith('/') || path.includes('\0') || Buffer.byteLength(path) > 107) {
      return refuse('A socket is given by its full path of at most 107 bytes, as in unix:///var/run/docker.sock.');
    }
    return { transport: 'unix', path };
  }
  const rest = /^(?:tcp|https):\/\/([^/?#\s]+)\/?$/u.exec(address)?.[1];
  const parts = rest === undefined ? null : hostPattern.exec(rest);
  const host = parts?.[1] ?? parts?.[2];
  if (host === undefined) {
    return refuse('The address must be tcp://NAME:PORT or unix:///PATH, with no user, path or query.');
  }
  const port = Number(parts?.[3] ?? '2376');
  if (port < 1 || port > 65_535) return refuse('The port must be between 1 and 65535.');
  return { transport: 'tcp', host: host.toLowerCase().replace(/\.$/u, ''), port };
};

/** The address as Docker writes it. */
export const formatEngineAddress = (address: EngineAddress): string =>
  address.transport === 'unix'
    ? `unix://${address.path}`
    : `tcp://${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;

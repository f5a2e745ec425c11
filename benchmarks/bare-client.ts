import { createSecureContext } from 'node:tls';
import { Pool } from 'undici';
import type { MeasuredHost } from './measured-host.ts';

/** Requests that wait at the engine have connections of their own in a scan, and so they have here. */
const waits = (path: string): boolean => path.includes('/stats');

export interface BareConcurrency {
  readonly connections: number;
  readonly waitingConnections: number;
}

/**
 * Sends GET requests by a plain keep-alive client over mutual TLS and reads the answers to their end; nothing is parsed
 * or looked at. New connections each time, as for a scan.
 */
export const replayBare = async (
  { url, tls }: MeasuredHost,
  paths: readonly string[],
  { connections, waitingConnections }: BareConcurrency,
): Promise<void> => {
  const { hostname, port } = new URL(url);
  const pool = new Pool(`https://${hostname}:${port}`, {
    connections: connections + waitingConnections,
    pipelining: 1,
    connect: { secureContext: createSecureContext({ ca: tls.ca, cert: tls.certificate, key: tls.key }) },
  });
  const takeTurns = async (queue: readonly string[], width: number): Promise<void> => {
    const left = queue.values();
    const worker = async (): Promise<void> => {
      for (const path of left) {
        const { body } = await pool.request({ method: 'GET', path });
        await body.arrayBuffer();
      }
    };
    await Promise.all(Array.from({ length: width }, worker));
  };
  try {
    await Promise.all([
      takeTurns(
        paths.filter((path) => !waits(path)),
        connections,
      ),
      takeTurns(paths.filter(waits), waitingConnections),
    ]);
  } finally {
    await pool.destroy();
  }
};

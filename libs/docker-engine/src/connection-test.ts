import { z } from 'zod';
import { EngineClient, type EngineClientOptions } from './engine-client.ts';
import type { ConnectionFacts, EngineTarget } from './engine-connection.ts';
import { EngineError, type EngineErrorReason } from './engine-error.ts';
import { explainEngineError } from './explain-engine-error.ts';
import { toEngineError } from './classify-failure.ts';

/** The way of a connection, in order: the first that fails is where to look. */
export const connectionSteps = ['address', 'network', 'tls', 'authentication', 'api'] as const;
export type ConnectionStep = (typeof connectionSteps)[number];

export interface ConnectedEngine {
  name?: string;
  version?: string;
  operatingSystem?: string;
  architecture?: string;
  containers?: number;
  images?: number;
}

/** What a connection test found: an engine that answers, or exactly what is wrong and what to do. */
export type ConnectionReport =
  | {
      ok: true;
      durationMs: number;
      apiVersion: string;
      engine: ConnectedEngine;
      connection: ConnectionFacts;
      /** The engine's clock minus ours. */
      clockSkewMs?: number;
    }
  | {
      ok: false;
      durationMs: number;
      step: ConnectionStep;
      reason: EngineErrorReason;
      title: string;
      detail: string;
      nextStep: string;
      setting?: string;
    };

const stepOf: Record<EngineErrorReason, ConnectionStep> = {
  'invalid-address': 'address',
  'address-refused': 'address',
  'name-not-found': 'address',
  'socket-not-found': 'address',
  'connection-refused': 'network',
  'host-unreachable': 'network',
  'timed-out': 'network',
  'connection-reset': 'network',
  cancelled: 'network',
  'unknown-authority': 'tls',
  'certificate-expired': 'tls',
  'certificate-not-yet-valid': 'tls',
  'name-mismatch': 'tls',
  'tls-handshake-failed': 'tls',
  'plain-http-behind-port': 'tls',
  'tls-behind-port': 'tls',
  'client-material-unusable': 'tls',
  'client-certificate-rejected': 'authentication',
  'socket-denied': 'authentication',
  denied: 'authentication',
  'not-a-docker-api': 'api',
  'api-too-old': 'api',
  'not-found': 'api',
  'redirect-refused': 'api',
  'engine-error': 'api',
  'too-large': 'api',
  'too-deep': 'api',
  malformed: 'api',
};

const text = z.string().optional().catch(undefined);
const count = z.number().optional().catch(undefined);
const InfoAnswer = z.object({
  Name: text,
  ServerVersion: text,
  OperatingSystem: text,
  Architecture: text,
  Containers: count,
  Images: count,
});

/** Connects, agrees on a version and reads `/info`: three requests at most. Never throws for what a host does. */
export const testConnection = async (
  target: EngineTarget,
  options: EngineClientOptions = {},
): Promise<ConnectionReport> => {
  const start = performance.now();
  const durationMs = (): number => Math.round(performance.now() - start);
  let client: EngineClient | undefined;
  try {
    client = await EngineClient.connect(target, options);
    const info = InfoAnswer.safeParse(await client.read('info', {}, { signal: options.signal }));
    if (!info.success)
      throw new EngineError('not-a-docker-api', { detail: 'GET /info did not answer with an object.' });
    const { clockSkewMs } = client.ping;
    return {
      ok: true,
      durationMs: durationMs(),
      apiVersion: client.apiVersion,
      engine: engineOf(info.data),
      connection: client.connection,
      ...(clockSkewMs === undefined ? {} : { clockSkewMs }),
    };
  } catch (cause) {
    const error = toEngineError(cause);
    return {
      ok: false,
      durationMs: durationMs(),
      step: stepOf[error.reason],
      reason: error.reason,
      ...explainEngineError(error),
      ...(error.setting === undefined ? {} : { setting: error.setting }),
    };
  } finally {
    await client?.close();
  }
};

const engineOf = (info: z.infer<typeof InfoAnswer>): ConnectedEngine => ({
  ...(info.Name === undefined ? {} : { name: info.Name }),
  ...(info.ServerVersion === undefined ? {} : { version: info.ServerVersion }),
  ...(info.OperatingSystem === undefined ? {} : { operatingSystem: info.OperatingSystem }),
  ...(info.Architecture === undefined ? {} : { architecture: info.Architecture }),
  ...(info.Containers === undefined ? {} : { containers: info.Containers }),
  ...(info.Images === undefined ? {} : { images: info.Images }),
});

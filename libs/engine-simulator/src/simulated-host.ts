import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Server, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { sendEngineError, sendFaulty, sendRecorded } from './answer.ts';
import { issueCertificate, makeAuthority, type TestAuthority } from './certificates.ts';
import type { SimulatedFaults } from './faults.ts';
import { type EngineRecording, labelledAsSimulated } from './recording.ts';
import { sampleHostRecording } from './recordings.ts';
import { sampleHostFiles } from './sample-host-files.ts';
import { SimulatedFileTree, type SimulatedFiles } from './simulated-files.ts';
import { listedReader, SimulatedReaders } from './simulated-readers.ts';

export interface SimulatedHostOptions {
  /** Default: the sample host. */
  readonly recording?: EngineRecording;
  readonly faults?: SimulatedFaults;
  /** What its archive endpoint shows to a reader of host files. Default: the sample host's. */
  readonly files?: SimulatedFiles;
  /** Default: a free one. */
  readonly port?: number;
  /** How many requests and connections are remembered; default 10,000. */
  readonly remembered?: number;
}

export interface ReceivedRequest {
  readonly method: string;
  /** With version and query, as received. */
  readonly url: string;
  /** Common name of the client's certificate. */
  readonly client: string | undefined;
}

export interface SimulatedHost {
  /** e.g. `tcp://127.0.0.1:41234` */
  readonly url: string;
  readonly port: number;
  /** PEM; what a user would register. */
  readonly tls: { readonly ca: string; readonly certificate: string; readonly key: string };
  readonly authority: TestAuthority;
  /** The last requests, in order. */
  readonly requests: readonly ReceivedRequest[];
  /** Readers of host files that stand on it now. */
  readonly readers: SimulatedReaders;
  /** The client's port of each of the last connections. */
  readonly connections: readonly number[];
  close(): Promise<void>;
}

const dayMs = 86_400_000;
/** A sample host lives as long as its installation, and is scanned every day. */
const rememberedByDefault = 10_000;

/**
 * A Docker host on loopback made of a recorded daemon behind real mutual TLS: own authority, server and client
 * certificate, all made now. It says of itself that it is simulated.
 */
export const startSimulatedHost = async (options: SimulatedHostOptions = {}): Promise<SimulatedHost> => {
  const faults = options.faults ?? {};
  const recording = labelledAsSimulated(options.recording ?? (await sampleHostRecording()));
  const authority = await makeAuthority('Plimsoll simulated host authority');
  const client = await issueCertificate(authority, { commonName: 'plimsoll-scanner', usage: 'client' });
  const requests: ReceivedRequest[] = [];
  const limit = options.remembered ?? rememberedByDefault;
  const readers = new SimulatedReaders(new SimulatedFileTree(options.files ?? sampleHostFiles));
  const listener = answerFrom(recording, faults, readers, (request) => remember(requests, request, limit));
  const server =
    faults.plainHttp === true
      ? createPlainServer(listener)
      : createTlsServer(await tlsOptions(authority, faults), listener);
  const sockets = new Set<Socket>();
  const connections: number[] = [];
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    remember(connections, socket.remotePort ?? 0, limit);
    socket.once('close', () => sockets.delete(socket));
  });
  const port = await listen(server, options.port ?? 0);
  return {
    url: `tcp://127.0.0.1:${port}`,
    port,
    tls: { ca: authority.certificate, certificate: client.certificate, key: client.key },
    authority,
    requests,
    readers,
    connections,
    close: async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
      await promise;
    },
  };
};

/** Adds to a list that forgets its oldest items. */
const remember = <Item>(list: Item[], item: Item, limit: number): void => {
  if (list.push(item) > limit) list.shift();
};

const listen = async (server: Server, port: number): Promise<number> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, '127.0.0.1', resolve);
  await promise;
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
};

const tlsOptions = async (authority: TestAuthority, faults: SimulatedFaults) => {
  const serverAuthority = faults.certificate === 'unknown-authority' ? await makeAuthority('Somebody else') : authority;
  const server = await issueCertificate(serverAuthority, {
    commonName: 'sample-host',
    usage: 'server',
    names: faults.certificate === 'wrong-name' ? ['another-host.example'] : ['localhost', 'sample-host', '127.0.0.1'],
    ...(faults.certificate === 'expired' ? { notAfter: new Date(Date.now() - dayMs / 2) } : {}),
    ...(faults.certificate === 'not-yet-valid' ? { notBefore: new Date(Date.now() + dayMs) } : {}),
  });
  const clients = faults.clientCertificates ?? 'required';
  const clientAuthority = clients === 'refused' ? await makeAuthority('Clients of another authority') : authority;
  return {
    cert: `${server.certificate}\n${serverAuthority.certificate}`,
    key: server.key,
    ca: clientAuthority.certificate,
    requestCert: clients !== 'not-asked',
    rejectUnauthorized: clients === 'required' || clients === 'refused',
    minVersion: 'TLSv1.2' as const,
    ...(faults.onlyTls12 === true ? { maxVersion: 'TLSv1.2' as const } : {}),
  };
};

const answerFrom = (
  recording: EngineRecording,
  faults: SimulatedFaults,
  readers: SimulatedReaders,
  note: (request: ReceivedRequest) => void,
) => {
  const hits = new Map<unknown, number>();
  return (request: IncomingMessage, response: ServerResponse): void => {
    response.on('error', () => undefined); // the other side may go at any time
    const method = request.method ?? '';
    const url = request.url ?? '';
    note({ method, url, client: commonNameOf(request.socket) });
    response.setHeader('Api-Version', recording.apiVersion);
    response.setHeader('Docker-Experimental', 'false');
    response.setHeader('Ostype', 'linux');
    response.setHeader('Server', recording.server);
    for (const [name, value] of Object.entries(recording.headers ?? {})) response.setHeader(name, value);
    const path = url.replace(/^\/v\d+\.\d+(?=\/)/u, '').replace(/\?.*$/u, '');
    const recorded = recordedAnswer(recording, path, readers);
    const ordered = faults.requests?.find((fault) => {
      const already = hits.get(fault) ?? 0;
      if (!fault.path.test(path) || (fault.method ?? method) !== method || already >= (fault.times ?? Infinity))
        return false;
      hits.set(fault, already + 1);
      return true;
    });
    if (ordered !== undefined) {
      sendFaulty(response, ordered.fault, recorded);
      return;
    }
    const answer = async (): Promise<void> => {
      if (await readers.answer(request, response, path)) return;
      if (method !== 'GET') sendEngineError(response, 403, 'a simulated host can only be read');
      else if (path === '/_ping') response.end('OK');
      else if (recorded === undefined) sendEngineError(response, 404, 'page not found');
      else sendRecorded(response, recorded);
    };
    answer().catch(() => response.destroy());
  };
};

/** The list of containers has readers of host files in it as well. */
const recordedAnswer = (recording: EngineRecording, path: string, readers: SimulatedReaders): unknown => {
  if (path === '/_ping') return 'OK';
  const recorded = recording.answers[decodeURIComponent(path)];
  if (path !== '/containers/json' || !Array.isArray(recorded)) return recorded;
  const others: unknown[] = recorded;
  return [...readers.all.map(listedReader), ...others];
};

const commonNameOf = (socket: Socket): string | undefined => {
  const name = socket instanceof TLSSocket ? socket.getPeerCertificate().subject?.CN : undefined;
  return Array.isArray(name) ? name[0] : name;
};

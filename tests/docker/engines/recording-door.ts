import { createServer, request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';

/** A unix socket that passes HTTP requests on to another and remembers them. */
export interface RecordingDoor {
  /** `GET /v1.41/info`, in the order of their coming. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** @param socketPath made here @param enginePath where the requests go */
export const openRecordingDoor = async (socketPath: string, enginePath: string): Promise<RecordingDoor> => {
  const requests: string[] = [];
  const server = createServer((incoming, outgoing) => {
    requests.push(lineOf(incoming));
    const { method, url: path, headers } = incoming;
    const passedOn = request({ socketPath: enginePath, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passedOn.on('error', () => outgoing.destroy());
    incoming.pipe(passedOn);
  });
  server.listen(socketPath);
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
  return { requests, close };
};

const lineOf = ({ method = '', url = '' }: IncomingMessage): string => `${method} ${url}`;

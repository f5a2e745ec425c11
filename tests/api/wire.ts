import { Agent, request } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { connect } from 'node:net';

/** A request as it goes over the wire: nothing in it is mended or encoded on the way. */
export interface Sending {
  readonly method: string;
  /** With the query, escaped as it shall arrive. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
  /** Says that so many bytes follow, and lets the server answer to that alone. */
  readonly announcedBytes?: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The parsed body where it is JSON, else undefined. */
  readonly body: unknown;
}

/** Sends requests to one server over kept connections. Close it before the server. */
export class Wire {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8 });
  readonly #url: URL;

  constructor(url: string) {
    this.#url = new URL(url);
  }

  send({ method, path, headers = {}, body, announcedBytes }: Sending): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const outgoing = request({
        host: this.#url.hostname,
        port: this.#url.port,
        // One that is announced and not sent leaves its connection in the middle of a body.
        agent: announcedBytes === undefined ? this.#agent : false,
        method,
        path,
        headers: {
          ...lengthOf(body, announcedBytes),
          ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, valueOf(value)])),
        },
      });
      outgoing.once('error', reject);
      outgoing.once('response', (incoming) => {
        // The rest of an announced body never comes.
        if (announcedBytes !== undefined) incoming.once('end', () => outgoing.destroy());
        readAnswer(incoming).then(resolve, reject);
      });
      if (announcedBytes === undefined) outgoing.end(body);
      else outgoing.write('{');
    });
  }

  /** Sends bytes of any kind and gives back what came until the server hung up. */
  sendRaw(text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(Number(this.#url.port), this.#url.hostname, () => socket.write(text, 'latin1'));
      let answer = '';
      socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
      socket.on('close', () => resolve(answer));
      socket.on('error', reject);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

const valueOf = (value: string | readonly string[]): string | string[] =>
  typeof value === 'string' ? value : [...value];

const lengthOf = (
  body: string | Uint8Array | undefined,
  announcedBytes: number | undefined,
): Record<string, number> => {
  if (announcedBytes !== undefined) return { 'content-length': announcedBytes };
  return body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
};

const readAnswer = async (incoming: IncomingMessage): Promise<Answer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  const isJson = /^application\/(?:problem\+)?json/.test(incoming.headers['content-type'] ?? '');
  const body: unknown = isJson && text !== '' ? JSON.parse(text) : undefined;
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, text, body };
};

import { Duplex } from 'node:stream';
import type { Socket } from 'node:net';

const handshakeRecord = 22;
const serverHello = 2;
const certificateRequest = 13;
const recordingLimitBytes = 256 * 1024;

/** Passes bytes both ways and remembers what came from the host. */
export class RecordingSocket extends Duplex {
  readonly #socket: Socket;
  readonly #chunks: Buffer[] = [];
  #recordedBytes = 0;

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      if (this.#recordedBytes < recordingLimitBytes) this.#chunks.push(chunk);
      this.#recordedBytes += chunk.byteLength;
      if (!this.push(chunk)) socket.pause();
    });
    socket.once('end', () => this.push(null));
    socket.once('error', (error) => this.destroy(error));
    socket.once('close', () => this.destroy());
  }

  /** Everything received so far, up to 256 KiB. */
  get received(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}

/**
 * The authorities whose clients a host accepts, by name: the distinguished names in the CertificateRequest of a
 * TLS 1.2 handshake, which is sent in the clear (RFC 5246, 7.4.4). TLS 1.3 hides them.
 * @param received the bytes that the host sent, from the first on
 * @returns DER-encoded names; `undefined` where the host asked for no certificate or what it sent is not understood
 */
export const acceptableAuthorityNames = (received: Buffer): Buffer[] | undefined => {
  const request = handshakeMessages(received).find((message) => message[0] === certificateRequest);
  if (request === undefined) return undefined;
  try {
    let offset = 4;
    offset += 1 + request.readUInt8(offset); // certificate types
    offset += 2 + request.readUInt16BE(offset); // signature algorithms
    const end = offset + 2 + request.readUInt16BE(offset);
    offset += 2;
    const names: Buffer[] = [];
    while (offset < end) {
      const length = request.readUInt16BE(offset);
      names.push(request.subarray(offset + 2, offset + 2 + length));
      offset += 2 + length;
    }
    return names;
  } catch {
    return undefined; // shorter than it claims
  }
};

/** Whether the host chose a version and a suite. */
export const hasServerHello = (received: Buffer): boolean =>
  handshakeMessages(received).some((message) => message[0] === serverHello);

const handshakeMessages = (received: Buffer): Buffer[] => {
  const parts: Buffer[] = [];
  for (let offset = 0; offset + 5 <= received.length;) {
    if (received[offset] !== handshakeRecord) break; // what follows is encrypted
    const length = received.readUInt16BE(offset + 3);
    parts.push(received.subarray(offset + 5, offset + 5 + length));
    offset += 5 + length;
  }
  const stream = Buffer.concat(parts);
  const messages: Buffer[] = [];
  for (let offset = 0; offset + 4 <= stream.length;) {
    const end = offset + 4 + stream.readUIntBE(offset + 1, 3);
    if (end > stream.length) break;
    messages.push(stream.subarray(offset, end));
    offset = end;
  }
  return messages;
};

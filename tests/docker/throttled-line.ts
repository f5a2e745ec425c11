import { createServer, connect, type Socket } from 'node:net';

/** A line to a port of this machine that carries so many bytes a second, either way. */
export interface ThrottledLine {
  readonly port: number;
  close(): Promise<void>;
}

const sliceMs = 10;

/** Moves a slice at a time, and holds the sender back meanwhile, as a slow line does. */
const carry = (from: Socket, to: Socket, bytesPerSecond: number): void => {
  const sliceBytes = Math.ceil((bytesPerSecond * sliceMs) / 1_000);
  from.pause();
  const timer = setInterval(() => {
    const slice: unknown = from.read(Math.min(sliceBytes, from.readableLength)) ?? undefined;
    if (slice instanceof Buffer) to.write(slice);
  }, sliceMs);
  const end = (): void => {
    clearInterval(timer);
    from.destroy();
    to.destroy();
  };
  from.on('readable', () => undefined);
  from.once('end', end);
  from.once('close', end);
  from.once('error', end);
};

export const throttledLine = async (targetPort: number, bytesPerSecond: number): Promise<ThrottledLine> => {
  const sockets = new Set<Socket>();
  const server = createServer({ highWaterMark: 16 * 1024 }, (client) => {
    const engine = connect({ port: targetPort, host: '127.0.0.1' });
    for (const socket of [client, engine]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    }
    carry(client, engine, bytesPerSecond);
    carry(engine, client, bytesPerSecond);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
};

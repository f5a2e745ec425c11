import { request } from 'node:http';

/**
 * One request to an engine's unix socket, past the product's own client.
 * @returns status and parsed body
 */
export const askSocket = async (
  socketPath: string,
  path: string,
  { method = 'GET', body }: { method?: string; body?: unknown } = {},
): Promise<{ status: number; answer: unknown }> => {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; answer: unknown }>();
  const headers = body === undefined ? {} : { 'content-type': 'application/json' };
  const asked = request({ socketPath, path, method, headers, timeout: 30_000 }, (response) => {
    response.setEncoding('utf8');
    let text = '';
    response.on('data', (chunk: string) => {
      text += chunk;
    });
    response.on('error', reject);
    response.on('end', () => {
      try {
        resolve({
          status: response.statusCode ?? 0,
          answer: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text,
        });
      } catch (error) {
        reject(error);
      }
    });
  });
  asked.on('timeout', () => asked.destroy(new Error(`${path}: no answer`)));
  asked.on('error', reject);
  asked.end(body === undefined ? undefined : JSON.stringify(body));
  return promise;
};

/** Waits until the engine answers. @throws Error after a minute, or when it ends */
export const untilAnswering = async (socketPath: string, isRunning: () => boolean): Promise<void> => {
  for (const giveUpAt = Date.now() + 60_000; ;) {
    const isThere = await askSocket(socketPath, '/_ping').then(
      ({ status }) => status === 200,
      () => false,
    );
    if (isThere) return;
    if (!isRunning()) throw new Error('it ended');
    if (Date.now() > giveUpAt) throw new Error('no answer within a minute');
    await new Promise((next) => setTimeout(next, 50));
  }
};

/** Ids of all containers; none where the engine is gone. */
export const containerIds = async (socketPath: string): Promise<string[]> => {
  const { answer } = await askSocket(socketPath, '/v1.24/containers/json?all=1').catch(() => ({ answer: [] }));
  return Array.isArray(answer) ? answer.map((one: { Id: string }) => one.Id) : [];
};

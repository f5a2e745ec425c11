import type { Socket } from 'node:net';
import type { ProbeOutcome } from '@plimsoll/snapshot';
import { toEngineError } from './classify-failure.ts';

const answerLimitBytes = 8 * 1024;

/** One bare GET on an open socket, closed after: the start of the answer, at most 8 KiB. Rejects as the socket does. */
const ask = async (socket: Socket, path: string, host: string, timeoutMs: number): Promise<string> => {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  let readBytes = 0;
  const settle = (): void => resolve(Buffer.concat(chunks).toString('latin1'));
  const timer = setTimeout(() => {
    if (readBytes > 0) settle();
    else reject(Object.assign(new Error(`No answer within ${timeoutMs} ms.`), { code: 'ETIMEDOUT' }));
  }, timeoutMs);
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    readBytes += chunk.byteLength;
    if (readBytes >= answerLimitBytes) settle();
  });
  socket.once('error', reject);
  socket.once('close', settle);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: plimsoll-probe\r\nConnection: close\r\n\r\n`);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    socket.on('error', () => undefined); // a late reset is of no interest
    socket.destroy();
  }
};

const outcomeOfAnswer = (answer: string): ProbeOutcome => {
  if (answer === '') return { outcome: 'closed', detail: 'The connection was closed without an answer.' };
  const status = /^HTTP\/1\.[01] (\d{3})/u.exec(answer)?.[1];
  if (status === undefined) return { outcome: 'refused', detail: 'What was answered is not HTTP.' };
  const httpStatus = Number(status);
  const isEngine = /^(?:api-version|libpod-api-version|docker-experimental|server: (?:docker|libpod))/imu.test(answer);
  if (isEngine) {
    return { outcome: 'engine', httpStatus, detail: `A Docker Engine answered with ${httpStatus}.` };
  }
  const wantsTls = httpStatus === 400 && /HTTP request (?:was sent )?to (?:an )?HTTPS/iu.test(answer);
  const wantsCertificate = httpStatus === 400 && /SSL certificate/iu.test(answer);
  if (wantsTls || wantsCertificate) {
    return {
      outcome: 'refused',
      httpStatus,
      detail: wantsTls ? 'The port asked for TLS.' : 'A proxy asked for another client certificate.',
    };
  }
  return {
    outcome: 'other-http',
    httpStatus,
    detail: `Something that is no Docker Engine answered with ${httpStatus}.`,
  };
};

/** The outcome of a connection that could not be opened or broke: refusals are told from silence. */
export const outcomeOfFailure = (failure: unknown): ProbeOutcome => {
  const { reason, detail } = toEngineError(failure);
  if (reason === 'timed-out' || reason === 'host-unreachable') return { outcome: 'timed-out', detail };
  if (reason === 'connection-refused' || reason === 'connection-reset') return { outcome: 'closed', detail };
  return { outcome: 'refused', detail };
};

/** Opens, asks once and judges the answer; never throws. */
export const probeHttp = async (
  open: () => Promise<Socket>,
  path: '/_ping' | '/version',
  host: string,
  timeoutMs: number,
): Promise<ProbeOutcome> => {
  try {
    return outcomeOfAnswer(await ask(await open(), path, host, timeoutMs));
  } catch (error) {
    return outcomeOfFailure(error);
  }
};

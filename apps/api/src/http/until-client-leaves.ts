import type { ApiRequest } from './api-request.ts';

/** Aborts when the client closes the connection: work that only it waits for then ends too. */
export const untilClientLeaves = ({ raw }: ApiRequest): AbortSignal => {
  const leaving = new AbortController();
  raw.socket.once('close', () => leaving.abort());
  return leaving.signal;
};

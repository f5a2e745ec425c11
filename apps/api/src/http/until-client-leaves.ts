import type { ApiReply } from './api-request.ts';

/**
 * Aborts when the client closes the connection before it was answered: work that only it waits for then ends too.
 * The answer tells, and not the socket: a kept connection outlives many requests and would gather their listeners; the
 * request itself counts as closed as soon as its body was read.
 */
export const untilClientLeaves = ({ raw }: ApiReply): AbortSignal => {
  const leaving = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) leaving.abort();
  });
  return leaving.signal;
};

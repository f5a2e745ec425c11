import { Problem } from '@plimsoll/contracts';
import type { ProblemDocument } from '@plimsoll/contracts';
import { STATUS_CODES } from 'node:http';
import type { ApiReply, ApiRequest } from './api-request.ts';
import { printable } from './strict-json.ts';

export const problemMediaType = 'application/problem+json';

export const pathOf = (request: Pick<ApiRequest, 'url'>): string => request.url.split('?', 1)[0] ?? '/';

/** Answers with RFC 9457 problem details. */
export const sendProblem = (problem: Problem | number, request: ApiRequest, reply: ApiReply): void => {
  const document: ProblemDocument = {
    ...(problem instanceof Problem ? problem.toDocument() : plainDocument(problem)),
    instance: printable(pathOf(request)),
    requestId: request.id,
  };
  // What was set for a success does not describe an error.
  for (const name of ['etag', 'location', 'content-length', 'content-encoding']) void reply.removeHeader(name);
  if (problem instanceof Problem) void reply.headers(problem.headers);
  void reply
    .code(document.status)
    .header('cache-control', 'no-store')
    .header('content-type', problemMediaType)
    .send(JSON.stringify(document));
};

const plainDocument = (status: number): ProblemDocument => ({
  type: 'about:blank',
  title: STATUS_CODES[status] ?? 'Refused',
  status,
});

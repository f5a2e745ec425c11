import { HttpException } from '@nestjs/common';
import {
  BodyTooLarge,
  CrossSiteRequest,
  InternalError,
  MalformedBody,
  Problem,
  ServiceUnavailable,
  UnsupportedMediaType,
  ValidationFailed,
} from '@plimsoll/contracts';
import type { FieldError } from '@plimsoll/contracts';

/**
 * What a client is told of an error. A number is a refusal of a library that no problem of ours describes; it is shown
 * as `about:blank` with that status.
 */
export const problemOf = (error: unknown, limits: { readonly bodyLimitBytes: number }): Problem | number => {
  if (error instanceof Problem) return error;
  if (isCrossOrigin(error)) return new CrossSiteRequest({});
  const status = statusOf(error);
  // Nest turns some errors of Fastify into exceptions of its own, which keep the status only.
  const known = fastifyProblems[codeOf(error)] ?? problemsByStatus[status ?? 0];
  if (known !== undefined) return known(limits.bodyLimitBytes);
  if (status === 503) {
    return new ServiceUnavailable({}, { headers: { 'Retry-After': '5' }, cause: error });
  }
  return status !== undefined && status >= 400 && status < 500 ? status : new InternalError({}, { cause: error });
};

/** Nest raises a plain 404 for what no route takes; services throw `NotFound`. */
export const isUnroutable = (error: unknown): boolean => error instanceof HttpException && error.getStatus() === 404;

const refused = (place: FieldError['in'], field: string, message: string) => ({
  errors: [{ field, in: place, message }],
});
type MakeProblem = (limitBytes: number) => Problem;
const bodyTooLarge: MakeProblem = (limitBytes) =>
  new BodyTooLarge({ limitBytes }, refused('body', 'body', `At most ${limitBytes} bytes`));
const wrongContentType: MakeProblem = () =>
  new UnsupportedMediaType({}, refused('header', 'Content-Type', 'Send application/json, in UTF-8'));
const brokenBody: MakeProblem = () => new MalformedBody({}, refused('body', 'body', 'The body could not be read'));

const fastifyProblems: Readonly<Record<string, MakeProblem>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: bodyTooLarge,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: wrongContentType,
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: brokenBody,
  FST_ERR_BAD_URL: () => new ValidationFailed({}, refused('path', 'path', 'The escapes are not valid UTF-8')),
  FST_ERR_MAX_PARAM_LENGTH: () => new ValidationFailed({}, refused('path', 'path', 'A part of the path is too long')),
};
const problemsByStatus: Readonly<Record<number, MakeProblem>> = {
  400: brokenBody,
  413: bodyTooLarge,
  415: wrongContentType,
};

/** Nest's protection against cross-site requests raises a plain 403; our guards throw problems. */
const isCrossOrigin = (error: unknown): boolean =>
  error instanceof HttpException && error.getStatus() === 403 && error.message.startsWith('Cross-origin request');

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** Of errors that carry one: Nest's, Fastify's and their plugins'. */
const statusOf = (error: unknown): number | undefined => {
  if (error instanceof HttpException) return error.getStatus();
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : undefined;
};

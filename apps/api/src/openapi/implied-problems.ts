import {
  BodyTooLarge,
  CrossSiteRequest,
  CursorInvalid,
  IdempotencyKeyInUse,
  IdempotencyKeyReused,
  InternalError,
  MalformedBody,
  NotFound,
  PasswordChangeRequired,
  PermissionMissing,
  PreconditionRequired,
  ServiceUnavailable,
  SessionEnded,
  TooManyRequests,
  Unauthenticated,
  UnsupportedMediaType,
  ValidationFailed,
  VersionConflict,
} from '@plimsoll/contracts';
import { z } from 'zod';
import type { ProblemDescription } from '../http/endpoint.decorator.ts';
import type { Route } from '../http/route.ts';

/** Every problem that a route can answer with: its own, and those that follow from what it declares. */
export const problemsOf = (route: Route): ProblemDescription[] => {
  const { endpoint, method, path, parameters, conditional } = route;
  const isApi = path.startsWith('/v1/');
  const takes = (place: string): boolean => parameters.some((parameter) => parameter.place === place);
  const implied: [boolean, readonly ProblemDescription[]][] = [
    [true, [ValidationFailed, InternalError]],
    [isApi, [TooManyRequests, ServiceUnavailable]],
    [endpoint.permission !== 'public', [Unauthenticated, SessionEnded]],
    [endpoint.permission !== 'public' && endpoint.beforePasswordChange !== true, [PasswordChangeRequired]],
    [endpoint.permission !== 'public' && endpoint.permission !== 'authenticated', [PermissionMissing]],
    [method !== 'GET', [CrossSiteRequest]],
    [takes('path'), [NotFound]],
    [takes('body'), [MalformedBody, BodyTooLarge, UnsupportedMediaType]],
    [parameters.some(hasCursor), [CursorInvalid]],
    [endpoint.idempotent === true, [IdempotencyKeyReused, IdempotencyKeyInUse]],
    [conditional, [PreconditionRequired, VersionConflict]],
  ];
  const all = [...implied.flatMap(([holds, problems]) => (holds ? problems : [])), ...(endpoint.problems ?? [])];
  return [...new Set(all)].toSorted((a, b) => a.status - b.status || (a.slug < b.slug ? -1 : 1));
};

const hasCursor = ({ place, schema }: Route['parameters'][number]): boolean =>
  place === 'query' && schema instanceof z.ZodObject && 'cursor' in schema.shape;

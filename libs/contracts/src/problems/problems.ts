import { z } from 'zod';
import { defineProblem } from './define-problem.ts';

const nothing = z.strictObject({});

export const ValidationFailed = defineProblem(
  'validation-failed',
  422,
  'The request has fields that can not be accepted',
  nothing,
);
export const MalformedBody = defineProblem('malformed-body', 400, 'The body is not valid JSON', nothing);
export const BodyTooLarge = defineProblem(
  'body-too-large',
  413,
  'The body is too large',
  z.strictObject({ limitBytes: z.number() }),
);
export const UnsupportedMediaType = defineProblem(
  'unsupported-media-type',
  415,
  'The content type is not supported',
  nothing,
);
export const CursorInvalid = defineProblem('cursor-invalid', 400, 'The cursor is not one of this list', nothing);
export const Unauthenticated = defineProblem('unauthenticated', 401, 'Sign in, or send an API key', nothing);
export const CredentialsInvalid = defineProblem(
  'credentials-invalid',
  401,
  'The email address or the password is wrong',
  nothing,
);
export const SessionEnded = defineProblem('session-ended', 401, 'The session has ended; sign in again', nothing);
export const PermissionMissing = defineProblem(
  'permission-missing',
  403,
  'Your role does not permit this',
  z.strictObject({ permission: z.string() }),
);
export const PasswordChangeRequired = defineProblem(
  'password-change-required',
  403,
  'The password has to be changed first',
  nothing,
);
export const CrossSiteRequest = defineProblem('cross-site-request', 403, 'The request came from another site', nothing);
export const SignUpClosed = defineProblem(
  'sign-up-closed',
  403,
  'Sign-up is switched off on this installation',
  nothing,
);
export const NotFound = defineProblem('not-found', 404, 'There is no such thing, or it is not yours', nothing);
export const MethodNotAllowed = defineProblem('method-not-allowed', 405, 'This method is not allowed here', nothing);
export const AlreadyExists = defineProblem(
  'already-exists',
  409,
  'There is one with this name already',
  z.strictObject({ field: z.string() }),
);
export const AccountExists = defineProblem(
  'account-exists',
  409,
  'Somebody has an account with this email address already',
  nothing,
);
export const LastOwner = defineProblem('last-owner', 409, 'A tenant must keep at least one owner', nothing);
export const StateConflict = defineProblem(
  'state-conflict',
  409,
  'The thing is not in a state that permits this',
  z.strictObject({ state: z.string() }),
);
export const VersionConflict = defineProblem(
  'version-conflict',
  412,
  'It has changed since you read it',
  z.strictObject({ currentETag: z.string() }),
);
export const PreconditionRequired = defineProblem(
  'precondition-required',
  428,
  'Send If-Match with the ETag you have read',
  nothing,
);
export const IdempotencyKeyReused = defineProblem(
  'idempotency-key-reused',
  422,
  'This Idempotency-Key was used for another request',
  nothing,
);
export const IdempotencyKeyInUse = defineProblem(
  'idempotency-key-in-use',
  409,
  'The first request with this Idempotency-Key is still running',
  nothing,
);
export const TooManyRequests = defineProblem(
  'too-many-requests',
  429,
  'Too many requests',
  z.strictObject({ retryAfterSeconds: z.number() }),
);
export const LoginThrottled = defineProblem(
  'login-throttled',
  429,
  'Too many failed logins',
  z.strictObject({ retryAfterSeconds: z.number() }),
);
export const CredentialRejected = defineProblem(
  'credential-rejected',
  422,
  'The TLS material can not be used',
  z.strictObject({
    field: z.enum(['ca', 'certificate', 'key']),
    reason: z.enum([
      'missing',
      'too-large',
      'malformed',
      'not-pem',
      'expired',
      'not-yet-valid',
      'key-mismatch',
      'no-client-auth',
      'not-an-authority',
      'encrypted',
      'too-weak',
    ]),
  }),
);
export const AddressRefused = defineProblem(
  'address-refused',
  422,
  'This address is not allowed',
  z.strictObject({
    reason: z.string(),
    setting: z.string().nullable().meta({ description: 'The setting that would allow it, if any.' }),
  }),
);
export const QuotaExceeded = defineProblem(
  'quota-exceeded',
  403,
  'The quota of this tenant is used up',
  z.strictObject({ quota: z.string(), limit: z.number() }),
);
export const ServiceUnavailable = defineProblem(
  'service-unavailable',
  503,
  'A part that this needs is not available; try again',
  nothing,
);
export const InternalError = defineProblem('internal-error', 500, 'Something went wrong on our side', nothing);

/** Every problem of the API; `docs/problems.md` and the OpenAPI document are tested against it. */
export const problems = [
  ValidationFailed,
  MalformedBody,
  BodyTooLarge,
  UnsupportedMediaType,
  CursorInvalid,
  Unauthenticated,
  CredentialsInvalid,
  SessionEnded,
  PermissionMissing,
  PasswordChangeRequired,
  CrossSiteRequest,
  SignUpClosed,
  NotFound,
  MethodNotAllowed,
  AlreadyExists,
  AccountExists,
  LastOwner,
  StateConflict,
  VersionConflict,
  PreconditionRequired,
  IdempotencyKeyReused,
  IdempotencyKeyInUse,
  TooManyRequests,
  LoginThrottled,
  CredentialRejected,
  AddressRefused,
  QuotaExceeded,
  ServiceUnavailable,
  InternalError,
] as const;

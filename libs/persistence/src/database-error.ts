import { ServiceUnavailable } from '@plimsoll/contracts';
import { z } from 'zod';

/** What is read of an error of Prisma or of `pg`; all of it may be missing. */
const ErrorShape = z.object({
  code: z.string().optional().catch(undefined),
  message: z.string().catch(''),
  meta: z
    .object({
      driverAdapterError: z
        .object({
          cause: z.object({
            kind: z.string(),
            originalCode: z.string().optional(),
            constraint: z.object({ index: z.string().optional() }).optional().catch(undefined),
          }),
        })
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});

interface Anatomy {
  readonly code: string | undefined;
  readonly message: string;
  /** The adapter's name of the trouble, e.g. `DatabaseNotReachable`. */
  readonly kind: string | undefined;
  readonly sqlState: string | undefined;
  readonly index: string | undefined;
}

function anatomyOf(error: unknown): Anatomy {
  const found = ErrorShape.safeParse(error).data;
  const cause = found?.meta?.driverAdapterError?.cause;
  return {
    code: found?.code,
    message: found?.message ?? '',
    kind: cause?.kind,
    sqlState: cause?.originalCode,
    index: cause?.constraint?.index,
  };
}

/** A deadlock or a serialization failure: the transaction did nothing, and may do better the next time. */
export function isConflict(error: unknown): boolean {
  const { code, kind } = anatomyOf(error);
  return code === 'P2034' || kind === 'TransactionWriteConflict';
}

/**
 * Whether a row was refused because another has the same unique values.
 * @param index the name of the unique index, e.g. `hosts_tenant_id_name_key`; any if not given
 */
export function isUniqueViolation(error: unknown, index?: string): boolean {
  const found = anatomyOf(error);
  if (found.code !== 'P2002' && found.sqlState !== '23505') return false;
  return index === undefined || found.index === index || found.message.includes(index);
}

const unavailableKinds = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections']);
const unavailableCodes = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE']);
/** Shutdown, crash, start-up, and any trouble with the connection. */
const unavailableStates = /^(57P0[1-3]|08...|53300)$/;
/** Errors of `pg` that carry no code. */
const unavailableMessages = [
  'Client has encountered a connection error and is not queryable',
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'Unable to start a transaction in the given time',
];

function isUnavailable(error: unknown): boolean {
  const { code, kind, message, sqlState } = anatomyOf(error);
  return (
    (kind !== undefined && unavailableKinds.has(kind)) ||
    (code !== undefined && (unavailableCodes.has(code) || unavailableStates.test(code))) ||
    (sqlState !== undefined && unavailableStates.test(sqlState)) ||
    unavailableMessages.some((part) => message.includes(part))
  );
}

/** A database that is away or has no connection left becomes `ServiceUnavailable`; all else stays what it is. */
export function translateDatabaseError(error: unknown): unknown {
  if (!isUnavailable(error)) return error;
  return new ServiceUnavailable(
    {},
    { detail: 'The database can not be reached.', headers: { 'Retry-After': '1' }, cause: error },
  );
}

/** What can keep the database from being used, each with its own way out. */
export type PersistenceErrorCode =
  | 'data-folder-denied'
  | 'data-folder-in-use'
  | 'data-folder-too-new'
  | 'data-folder-too-old'
  | 'database-not-migrated'
  | 'database-role-refused'
  | 'database-too-new'
  | 'database-too-old'
  | 'database-unreachable'
  | 'migration-failed'
  | 'no-disk-space'
  | 'platform-unsupported'
  | 'server-failed';

/** An error for the person who starts Plimsoll: what is wrong, and what to do next. */
export class PersistenceError extends Error {
  override readonly name = 'PersistenceError';
  readonly code: PersistenceErrorCode;
  readonly nextStep: string;

  constructor(code: PersistenceErrorCode, message: string, nextStep: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.nextStep = nextStep;
  }
}

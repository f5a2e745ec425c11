export type QueueErrorCode = 'queue-not-migrated' | 'queue-unreachable' | 'queue-too-new';

/** The queue can not be used; `fix` says what to do. */
export class QueueError extends Error {
  override readonly name = 'QueueError';
  readonly code: QueueErrorCode;
  readonly fix: string;

  constructor(code: QueueErrorCode, message: string, fix: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
    this.fix = fix;
  }
}

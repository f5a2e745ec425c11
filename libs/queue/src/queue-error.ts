export type QueueErrorCode = 'queue-not-migrated' | 'queue-unreachable' | 'queue-too-new';

/** The queue can not be used; `nextStep` says what to do. */
export class QueueError extends Error {
  override readonly name = 'QueueError';
  readonly code: QueueErrorCode;
  readonly nextStep: string;

  constructor(code: QueueErrorCode, message: string, nextStep: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
    this.nextStep = nextStep;
  }
}

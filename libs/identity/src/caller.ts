/** Where a request came from, for the audit log and for throttling; known before anybody is. */
export interface Caller {
  readonly address: string;
  readonly userAgent: string | null;
  readonly requestId: string | null;
}

/** What a simulated host does in place of the recorded answer. */
export type AnswerFault =
  | { kind: 'hang' }
  | { kind: 'slow'; delayMs: number }
  /** One byte at a time, for ever. */
  | { kind: 'drip'; intervalMs: number }
  | { kind: 'endless-json' }
  | { kind: 'deep-nesting'; depth: number }
  /** Claims more bytes than it sends, then closes. */
  | { kind: 'wrong-content-length' }
  | { kind: 'huge-body'; bytes: number }
  | { kind: 'status'; status: number; message?: string }
  | { kind: 'vanish' }
  | { kind: 'reset' }
  | { kind: 'redirect'; location: string }
  | { kind: 'not-json' }
  | { kind: 'body'; body: unknown }
  /** These bytes as the tar of an archive; `stat` is the header that tells of the path. */
  | { kind: 'archive'; body: Uint8Array; stat?: string }
  /** Line ends, escape codes, direction marks and a NUL in every name. */
  | { kind: 'control-characters' };

export interface RequestFault {
  /** Matched with the path without its version. */
  readonly path: RegExp;
  /** Default: every method. */
  readonly method?: string;
  readonly fault: AnswerFault;
  /** How many requests it hits. Default: all. */
  readonly times?: number;
}

export interface SimulatedFaults {
  readonly requests?: readonly RequestFault[];
  readonly certificate?: 'expired' | 'not-yet-valid' | 'wrong-name' | 'unknown-authority';
  /**
   * `required` is what a well-kept host does; `refused` trusts another authority; `any` takes certificates of any
   * authority; `not-asked` lets everyone in behind TLS.
   */
  readonly clientCertificates?: 'required' | 'refused' | 'any' | 'not-asked';
  /** Speaks plain HTTP on the port. */
  readonly plainHttp?: boolean;
  /** Speaks TLS up to 1.2 only. */
  readonly onlyTls12?: boolean;
}

const nasty = '\u0000\u001b[31m\r\nX-Injected: yes\u202e';

/** A copy in which names hold characters that no terminal, header or page should see raw. */
export const withControlCharacters = (body: unknown): unknown => {
  if (Array.isArray(body)) return body.map(withControlCharacters);
  if (typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(
    Object.entries(body).map(([key, value]: [string, unknown]) => {
      if (key === 'Name' && typeof value === 'string') return [key, `${value}${nasty}`];
      if (key === 'Names' && Array.isArray(value)) return [key, value.map((name) => `${String(name)}${nasty}`)];
      return [key, withControlCharacters(value)];
    }),
  );
};

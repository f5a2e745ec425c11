import type { Caller } from '@plimsoll/identity';

/** What the strategies see of a request, so that Passport hangs its own members on this and not on Fastify's. */
export interface CredentialRequest {
  readonly headers: { readonly authorization?: string | undefined };
  readonly body?: unknown;
  /** Always there; optional only because Passport's types know Express alone. */
  readonly caller?: Caller;
}

/** Passport's own strategies do not know it; a request without one is a mistake of ours. */
export const requireCaller = ({ caller }: CredentialRequest): Caller => {
  if (caller === undefined) throw new Error('A strategy was asked without a caller');
  return caller;
};

/** The token of `Authorization: Bearer …` (RFC 6750); null for any other scheme or a malformed one. */
export const bearerTokenOf = ({ headers }: CredentialRequest): string | null =>
  /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(headers.authorization ?? '')?.[1] ?? null;

import { ruleOf } from './access-rules.ts';
import { pathWith } from './operations.ts';
import type { DocumentedOperation } from './operations.ts';
import type { PopulatedTenant, Things } from './tenant.ts';
import type { Sending } from './wire.ts';

/** A request that works for whoever may send it, with everything that it asks for. */
export const workingRequest = (
  { id, method, path }: DocumentedOperation,
  tenant: PopulatedTenant,
  things: Partial<Things> = {},
): Sending => {
  const { body, headers = {} } = ruleOf(id);
  const sending = { method, path: pathWith(path, { ...tenant.things, ...things }) };
  if (body === undefined) return { ...sending, headers };
  return {
    ...sending,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body(tenant)),
  };
};

/** The same request, sent by whoever holds the token. */
export const as = (token: string, sending: Sending): Sending => ({
  ...sending,
  headers: { ...sending.headers, authorization: `Bearer ${token}` },
});

import { operations, pathWith } from './operations.ts';
import type { DocumentedOperation } from './operations.ts';
import { workingRequest } from './requests.ts';
import type { PopulatedTenant, Things } from './tenant.ts';
import type { Sending } from './wire.ts';

/** Path parameters that name nothing of a tenant. */
const common = new Set(['checkId']);
const ownedParameters = ({ pathParameters }: DocumentedOperation): string[] =>
  pathParameters.filter((name) => !common.has(name));

/** Operations that name something of a tenant in their path, and those that do not. */
export const [naming, unnaming] = [
  operations.filter((operation) => ownedParameters(operation).length > 0),
  operations.filter((operation) => ownedParameters(operation).length === 0),
];

/** A request for another tenant's thing, and the same request for one that never was. */
export interface ForeignRequest {
  readonly sending: Sending;
  readonly forNothing: Sending;
}

const nowhere = '0199c0de-7c1e-7000-8000-3f1f5e3a9b10';

/**
 * The requests of an operation in which something is another's: each choice of its path parameters that has at least one
 * foreign, the rest being the sender's own.
 */
export const foreignRequests = (
  operation: DocumentedOperation,
  own: PopulatedTenant,
  foreign: PopulatedTenant,
): ForeignRequest[] => {
  const owned = ownedParameters(operation);
  const choices = Array.from({ length: 2 ** owned.length - 1 }, (_none, index) =>
    owned.filter((_name, bit) => ((index + 1) >> bit) % 2 === 1),
  );
  const versions = operation.method === 'PATCH' ? ['*', '"1"', '"1.x"', '"99"'] : [undefined];
  return choices.flatMap((names) =>
    versions.map((version) => {
      const sending = workingRequest(operation, own);
      const headers = { ...sending.headers, ...(version === undefined ? {} : { 'if-match': version }) };
      const pathFor = (valueOf: (name: string) => string | undefined): string =>
        pathWith(operation.path, {
          ...own.things,
          ...Object.fromEntries(names.map((name) => [name, valueOf(name) ?? nowhere])),
        });
      return {
        sending: { ...sending, headers, path: pathFor((name) => thingOf(foreign.things, name)) },
        forNothing: { ...sending, headers, path: pathFor(() => nowhere) },
      };
    }),
  );
};

const thingOf = (things: Things, name: string): string => {
  const value = new Map(Object.entries(things)).get(name);
  if (value === undefined) throw new Error(`Nothing is known that {${name}} could be`);
  return value;
};

/** The queries of an operation that ask for something of another tenant, by every parameter that could. */
export function* foreignQueries(operation: DocumentedOperation, foreign: PopulatedTenant): Generator<string> {
  const { people, things } = foreign;
  const ids = [things.hostId, things.scanId, things.memberId, things.apiKeyId, people.owner.session.user.id];
  for (const { name, schema } of operation.queryParameters) {
    if (name === 'cursor' || name === 'limit' || schema['enum'] !== undefined) continue;
    const isText = schema['type'] === 'string' && schema['format'] === undefined;
    const texts = isText ? [people.viewer.session.user.email, 'host-', 'Acme'] : [];
    if (schema['format'] === 'uuid' || isText) {
      for (const value of [...ids, ...texts]) yield `${name}=${encodeURIComponent(value)}`;
    }
  }
}

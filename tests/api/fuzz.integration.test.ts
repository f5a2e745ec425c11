import { startSimulatedHost } from '@plimsoll/engine-simulator';
import type { SimulatedHost } from '@plimsoll/engine-simulator';
import { createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApi } from '../../apps/api/src/testing/test-api.ts';
import type { TestApi } from '../../apps/api/src/testing/test-api.ts';
import { ruleOf } from './access-rules.ts';
import { departureOf } from './conformity.ts';
import { documentedQuery, documentedValue, mutated } from './documented-values.ts';
import { hasHeader, operations, pathWith } from './operations.ts';
import type { DocumentedOperation } from './operations.ts';
import { as } from './requests.ts';
import { populateTenant } from './tenant.ts';
import type { PopulatedTenant, Things } from './tenant.ts';
import { Wire } from './wire.ts';
import type { Sending } from './wire.ts';

let database: TestDatabase;
let api: TestApi;
let engine: SimulatedHost;
let tenant: PopulatedTenant;
let wire: Wire;
/** Somebody whose own session and tenant may come to grief. */
let token: string;
beforeAll(async () => {
  database = await createTestDatabase();
  api = await createTestApi(database);
  engine = await startSimulatedHost();
  tenant = await populateTenant(api, engine);
  token = tenant.people.owner.session.accessToken;
  wire = new Wire(api.url);
}, 60_000);
afterAll(async () => {
  wire.close();
  await engine.close();
  await api.close();
  await database.close();
});

/** The same requests in every run; a failure names the seed and the path to it as well. */
const seed = 20_261_124;
/** Each of these costs a tenth of a second of hashing when it is accepted. */
const hashing = new Set(['signUp', 'createSession', 'addMember', 'changePassword']);
const runsOf = ({ id }: DocumentedOperation): number => (hashing.has(id) ? 15 : 25);

const requestsOf = (operation: DocumentedOperation): fc.Arbitrary<Sending> => {
  const nowhere = '0199c0de-7c1e-7000-8000-3f1f5e3a9b10';
  const things: Things = tenant.things;
  const ids = Object.values({ ...things });
  const values = operation.body === undefined ? undefined : documentedValue(operation.body, '', ids);
  // One that works, with some of its members replaced by others that are documented.
  const nearlyWorking = fc
    .tuple(values ?? fc.constant({}), fc.constantFrom(0, 0, 1, 1, 2, 3))
    .map(([documented, kept]) => ({
      ...ruleOf(operation.id).body?.(tenant),
      ...Object.fromEntries(Object.entries(Object(documented)).slice(0, kept)),
    }));
  const known = fc.constant<Record<string, string>>({ ...things });
  const lost = fc.constant(Object.fromEntries(Object.keys(things).map((name) => [name, nowhere])));
  const headers = fc.record({
    'if-match': hasHeader(operation, 'If-Match') ? fc.constantFrom('*', '"1"', '"7.x"') : fc.constant('*'),
    // By operation: with one seed for all, the same keys would come again and be refused.
    'idempotency-key': fc
      .oneof(fc.constant('the-same'), { weight: 4, arbitrary: fc.uuid() })
      .map((key) => `${operation.id}-${key}`),
    'if-none-match': fc.constantFrom('*', '"1"', 'W/"x", "y"', 'nonsense'),
    accept: fc.constantFrom('*/*', 'text/html', 'application/xml;q=0', ''),
  });
  return fc
    .record({
      headers,
      things: fc.oneof({ weight: 4, arbitrary: known }, lost),
      query: fc.oneof(
        { weight: operation.queryParameters.length === 0 ? 9 : 1, arbitrary: fc.constant('') },
        documentedQuery(operation.queryParameters, ids),
      ),
      body:
        values === undefined
          ? fc.constant(undefined)
          : fc.oneof(
              { weight: 4, arbitrary: nearlyWorking },
              values,
              mutated(nearlyWorking),
              mutated(values),
              fc.jsonValue(),
            ),
    })
    .map(({ headers: sent, things: named, query, body }): Sending => {
      const target = pathWith(operation.path, named);
      const sending = { method: operation.method, path: query === '' ? target : `${target}?${query}`, headers: sent };
      if (body === undefined) return sending;
      return { ...sending, headers: { ...sent, 'content-type': 'application/json' }, body: JSON.stringify(body) };
    });
};

/** What takes away what others need comes last, and logs nobody out. */
const destructive = (operation: DocumentedOperation): number => (operation.method === 'DELETE' ? 1 : 0);
const inOrder = operations
  .filter(({ id }) => id !== 'streamScanEvents')
  .toSorted((a, b) => destructive(a) - destructive(b));

describe('whatever is sent', () => {
  test.for(inOrder.map((operation) => [operation.name, operation] as const))(
    '%s answers as it is documented',
    async ([, operation]) => {
      const statuses = new Set<number>();
      await fc.assert(
        fc.asyncProperty(requestsOf(operation), async (sending) => {
          const isOpen = ruleOf(operation.id).may === 'anybody';
          const answer = await wire.send(isOpen ? sending : as(token, sending));
          statuses.add(answer.status);
          expect(answer.status).toBeLessThan(500);
          expect(departureOf(operation.id, answer)).toBeUndefined();
        }),
        { seed, numRuns: runsOf(operation), endOnFailure: true },
      );
      // Requests that are all refused at the door would try nothing.
      const beyondValidation = [...statuses].filter((status) => ![400, 403, 415, 422].includes(status));
      expect(beyondValidation.length, `only ${[...statuses].join(', ')}`).toBeGreaterThan(0);
    },
  );
});

test('nothing of all this is an error in the log', () => {
  expect(api.logged.filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([]);
});

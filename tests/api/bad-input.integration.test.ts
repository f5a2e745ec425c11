import { problems } from '@plimsoll/contracts';
import { startSimulatedHost } from '@plimsoll/engine-simulator';
import type { SimulatedHost } from '@plimsoll/engine-simulator';
import { createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApi } from '../../apps/api/src/testing/test-api.ts';
import type { TestApi } from '../../apps/api/src/testing/test-api.ts';
import { badBodies, badCursors, badIds, withBadPlace } from './bad-requests.ts';
import { badQueryValues, badValuesOf, placesOf } from './bad-values.ts';
import { departureOf } from './conformity.ts';
import { digestOf } from './database-rows.ts';
import { hasHeader, operations, pathWith } from './operations.ts';
import type { DocumentedOperation } from './operations.ts';
import { as, workingRequest } from './requests.ts';
import { populateTenant } from './tenant.ts';
import type { PopulatedTenant } from './tenant.ts';
import { Wire } from './wire.ts';
import type { Answer, Sending } from './wire.ts';

let database: TestDatabase;
let api: TestApi;
let engine: SimulatedHost;
let tenant: PopulatedTenant;
let before: Record<string, string>;
let wire: Wire;
beforeAll(async () => {
  database = await createTestDatabase();
  api = await createTestApi(database);
  engine = await startSimulatedHost();
  tenant = await populateTenant(api, engine);
  before = await digestOf(database, tenant.id);
  wire = new Wire(api.url);
}, 60_000);
afterAll(async () => {
  wire.close();
  await engine.close();
  await api.close();
  await database.close();
});

const known = new Set(problems.map(({ slug }) => `/problems/${slug}`));
const json = { 'content-type': 'application/json' };

/** Sends it as somebody who may do everything, and holds the answer to what every refusal must be. */
const refuse = async (operation: DocumentedOperation, sending: Sending): Promise<Answer> => {
  const answer = await wire.send(as(tenant.people.owner.session.accessToken, sending));
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
  expect(answer.headers['content-type']).toContain('application/problem+json');
  expect(known).toContain(Object(answer.body).type);
  // One that takes no body documents none of what a body can be refused for.
  const isDocumented = operation.body !== undefined || sending.body === undefined || answer.status === 422;
  expect(isDocumented ? departureOf(operation.id, answer) : undefined).toBeUndefined();
  return answer;
};
const refusedFields = ({ body }: Answer): unknown[] => {
  const { errors } = Object(body);
  return Array.isArray(errors) ? errors.map((error: unknown) => `${Object(error).in} ${Object(error).field}`) : [];
};
const label = (text: string): string => (text.length > 120 ? `${text.slice(0, 120)}…` : text);

/** What a request of the operation is when nothing is wrong with it. */
const working = (operation: DocumentedOperation): Sending => workingRequest(operation, tenant);
const operationsWith = (holds: (operation: DocumentedOperation) => boolean): [string, DocumentedOperation][] =>
  operations.filter(holds).map((operation) => [operation.name, operation]);

describe('a query that is not declared is refused by name', () => {
  test.for(operationsWith(() => true))('%s', async ([, operation]) => {
    for (const [query, field] of [
      ['surplus=1', 'surplus'],
      ['__proto__=x', '__proto__'],
      ['constructor[prototype]=x', 'constructor[prototype]'],
      ['limit[]=1', 'limit[]'],
      ['a%00b=x', 'a\u{fffd}b'],
      ['%ff=x', '%ff'],
      ['=x', '(empty name)'],
      [Array.from({ length: 200 }, (_none, index) => `p${index}=1`).join('&'), 'query'],
    ] as const) {
      const answer = await refuse(operation, { ...working(operation), path: `${working(operation).path}?${query}` });
      expect(answer.status, query).toBe(422);
      expect(refusedFields(answer), query).toContain(`query ${field}`);
    }
  });
});

describe('a bad value in a query is refused by name', () => {
  test.for(operationsWith(({ queryParameters }) => queryParameters.length > 0))('%s', async ([, operation]) => {
    for (const parameter of operation.queryParameters) {
      const { name } = parameter;
      const values = [...badQueryValues(parameter)].map((value) => `${name}=${value}`);
      for (const query of [...values, `${name}=a&${name}=b`, `${name}=1&${name}=1`, name]) {
        const answer = await refuse(operation, { ...working(operation), path: `${working(operation).path}?${query}` });
        expect(answer.status, label(query)).toBe(422);
        expect(refusedFields(answer), label(query)).toContain(`query ${name}`);
      }
    }
  });
});

describe('a bad cursor is refused', () => {
  test.for(operationsWith(({ queryParameters }) => queryParameters.some(({ name }) => name === 'cursor')))(
    '%s',
    async ([, operation]) => {
      const owner = tenant.people.owner.session.accessToken;
      const page = await wire.send(as(owner, { ...working(operation), path: `${working(operation).path}?limit=1` }));
      const { nextCursor } = Object(page.body);
      expect(nextCursor).toBeTypeOf('string');
      for (const cursor of badCursors(String(nextCursor))) {
        const answer = await refuse(operation, {
          ...working(operation),
          path: `${working(operation).path}?cursor=${cursor}`,
        });
        const text = Buffer.from(cursor, 'base64url').toString();
        expect(answer.body, label(text)).toMatchObject({ type: '/problems/cursor-invalid' });
        expect(refusedFields(answer), label(text)).toContain('query cursor');
      }
    },
  );
});

describe('a bad id is refused by name', () => {
  test.for(operationsWith(({ pathParameters }) => pathParameters.length > 0))('%s', async ([, operation]) => {
    for (const name of operation.pathParameters) {
      for (const [what, id] of badIds) {
        const answer = await refuse(operation, {
          ...working(operation),
          path: pathWith(operation.path, { ...tenant.things, [name]: id }),
        });
        expect(answer.status, what).toBe(422);
        expect([`path ${name}`, 'path path'], what).toContain(refusedFields(answer)[0]);
      }
    }
  });
});

describe('a bad value in a body is refused by name', () => {
  test.for(operationsWith(({ body }) => body !== undefined))('%s', async ([, operation]) => {
    for (const place of placesOf(operation.body ?? {})) {
      for (const { what, json: bad, at } of badValuesOf(place)) {
        const answer = await refuse(operation, withBadPlace(operation, tenant, place, bad));
        const field = [...place.path, ...at].join('.');
        const shown = `${what} at ${field || 'the top'}: ${label(bad)}`;
        expect(answer.status, shown).toBe(422);
        const fields = refusedFields(answer).filter((one) => String(one).startsWith(`body ${field || 'body'}`));
        expect(fields.length > 0 || (field === '' && what === 'too deep a value'), `${shown}\n${answer.text}`).toBe(
          true,
        );
      }
    }
  });
});

describe('a body that is no JSON is refused', () => {
  test.for(operationsWith(({ method }) => method !== 'GET'))('%s', async ([, operation]) => {
    for (const [what, body, contentType, status] of badBodies) {
      // No body is what one without a body expects.
      if (operation.body === undefined && body === '') continue;
      const { 'content-type': _own, ...headers } = { 'content-type': '', ...working(operation).headers };
      const type = contentType === undefined ? {} : { 'content-type': contentType };
      const answer = await refuse(operation, { ...working(operation), headers: { ...headers, ...type }, body });
      expect(answer.status, `${what} ${answer.text}`).toBe(status);
      expect(refusedFields(answer), what).toEqual([status === 415 ? 'header Content-Type' : 'body body']);
    }
    const huge = {
      ...working(operation),
      body: undefined,
      headers: { ...working(operation).headers, ...json },
      announcedBytes: 5_000_000,
    };
    const answer = await refuse(operation, { ...huge, body: '' });
    expect(answer).toMatchObject({ status: 413, body: { limitBytes: 1_048_576, errors: [{ field: 'body' }] } });
  });
});

describe('a body that is not declared is refused by name', () => {
  test.for(operationsWith(({ method, body }) => method !== 'GET' && body === undefined))(
    '%s',
    async ([, operation]) => {
      for (const [body, field] of [
        ['{"surplus":true}', 'surplus'],
        ['[]', 'body'],
        ['"x"', 'body'],
        ['7', 'body'],
        ['false', 'body'],
      ] as const) {
        const answer = await refuse(operation, {
          ...working(operation),
          headers: { ...working(operation).headers, ...json },
          body,
        });
        expect(refusedFields(answer), body).toEqual([`body ${field}`]);
      }
    },
  );
});

describe('a bad If-Match is refused', () => {
  test.for(operationsWith((operation) => hasHeader(operation, 'If-Match')))('%s', async ([, operation]) => {
    for (const [value, status] of [
      [undefined, 428],
      ['', 428],
      ['version 3', 422],
      ['3', 422],
      ['"3", "4"', 422],
      ['"99999999999"', 422],
      ['"\u00e9"', 422],
      ['W/"1"', 412],
      ['"999"', 412],
    ] as const) {
      const { 'if-match': _any, ...headers } = { 'if-match': '', ...working(operation).headers };
      const sending = {
        ...working(operation),
        headers: { ...headers, ...(value === undefined ? {} : { 'if-match': value }) },
      };
      const answer = await refuse(operation, sending);
      expect(answer.status, value).toBe(status);
      expect(refusedFields(answer), value).toEqual(status === 422 ? ['header If-Match'] : []);
    }
  });
});

describe('a bad Idempotency-Key is refused', () => {
  test.for(operationsWith((operation) => hasHeader(operation, 'Idempotency-Key')))('%s', async ([, operation]) => {
    for (const key of ['x'.repeat(256), 'a b', 'caf\u00e9', 'a\tb', ['one', 'other']]) {
      const answer = await refuse(operation, {
        ...working(operation),
        headers: { ...working(operation).headers, 'idempotency-key': key },
      });
      expect(answer.status).toBe(422);
      expect(refusedFields(answer)).toEqual(['header Idempotency-Key']);
    }
  });
});

describe('a bad Last-Event-ID is refused', () => {
  test.for(operationsWith((operation) => hasHeader(operation, 'Last-Event-ID')))('%s', async ([, operation]) => {
    for (const id of ['-1', 'x', '1.5', '9'.repeat(40), '\u00e9', "1' OR '1'='1"]) {
      const answer = await refuse(operation, { ...working(operation), headers: { 'last-event-id': id } });
      expect(refusedFields(answer), id).toEqual(['header Last-Event-ID']);
    }
  });
});

test('nothing of all this has changed anything', async () => {
  expect(await digestOf(database, tenant.id)).toEqual(before);
});

test('nothing of all this is an error in the log', () => {
  expect(api.logged.filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([]);
});

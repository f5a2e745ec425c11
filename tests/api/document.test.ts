import { describe, expect, test } from 'vitest';
import type { JsonSchema, Operation } from '../../apps/api/src/openapi/types.ts';
import { zodOf } from './conformity.ts';
import { apiDocument, hasHeader, isSchema, membersOf, operations, resolved } from './operations.ts';
import type { DocumentedOperation } from './operations.ts';

const named = (holds: (operation: DocumentedOperation) => boolean): [string, DocumentedOperation][] =>
  operations.filter(holds).map((operation) => [operation.name, operation]);

const successOf = ({ operation }: DocumentedOperation): [string, Operation['responses'][string]] => {
  const found = Object.entries(operation.responses).find(([status]) => status.startsWith('2'));
  if (found === undefined) throw new Error(`${operation.operationId} documents no success`);
  return found;
};
const successSchema = (operation: DocumentedOperation): JsonSchema | undefined => {
  const schema = successOf(operation)[1].content?.['application/json']?.schema;
  return schema === undefined ? undefined : resolved(schema);
};
const problemsOf = ({ operation }: DocumentedOperation): string[] =>
  Object.values(operation.responses).flatMap(({ content }) =>
    Object.keys(content?.['application/problem+json']?.examples ?? {}),
  );

describe('every operation', () => {
  test('has a name of its own', () => {
    const ids = operations.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z]+(?:[A-Z][a-z]*)+$/);
  });

  test.for(named(() => true))('%s says in words what it does', ([, { operation }]) => {
    expect(operation.summary).toMatch(/^[A-Z].{5,}[^.]$/);
    expect(operation.tags).toHaveLength(1);
    for (const { name, description, example } of operation.parameters.filter((one) => one.in === 'header')) {
      expect([description, example], name).not.toContain(undefined);
    }
  });

  test.for(named(() => true))('%s documents its path parameters, and no others', ([, { path, pathParameters }]) => {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
    expect(pathParameters.toSorted()).toEqual(inPath.toSorted());
  });

  test.for(named(() => true))('%s shows an example of every answer, which its schema takes', ([, { operation }]) => {
    for (const [status, { description, content }] of Object.entries(operation.responses)) {
      expect(description, status).not.toBe('');
      for (const [type, { schema, example, examples }] of Object.entries(content ?? {})) {
        const values = example === undefined ? Object.values(examples ?? {}).map(({ value }) => value) : [example];
        expect(values.length, `${status} ${type}`).toBeGreaterThan(0);
        for (const value of values) {
          expect(zodOf(schema).safeParse(value).error?.message, `${status} ${JSON.stringify(value)}`).toBeUndefined();
        }
      }
    }
  });

  test.for(named(({ body }) => body !== undefined))('%s shows an example of its body', ([, { body, operation }]) => {
    const { example } = operation.requestBody?.content['application/json'] ?? {};
    expect(example).toBeDefined();
    expect(zodOf(body ?? {}).safeParse(example).error?.message).toBeUndefined();
  });

  test.for(named(() => true))('%s documents the problems that follow from what it is', ([, documented]) => {
    const { body, method, pathParameters, operation } = documented;
    const due = ['validation-failed', 'internal-error'];
    if (documented.path.startsWith('/v1/')) due.push('too-many-requests', 'service-unavailable');
    if (operation.security.length > 0) due.push('unauthenticated', 'session-ended');
    if (operation['x-permission'] !== undefined) due.push('permission-missing');
    if (body !== undefined) due.push('malformed-body', 'body-too-large', 'unsupported-media-type');
    if (method !== 'GET') due.push('cross-site-request');
    if (pathParameters.length > 0) due.push('not-found');
    if (documented.queryParameters.some(({ name }) => name === 'cursor')) due.push('cursor-invalid');
    if (hasHeader(documented, 'If-Match')) due.push('precondition-required', 'version-conflict');
    if (hasHeader(documented, 'Idempotency-Key')) due.push('idempotency-key-reused', 'idempotency-key-in-use');
    expect(problemsOf(documented)).toEqual(expect.arrayContaining(due));
  });

  test.for(named(({ path }) => path.startsWith('/v1/')))('%s sends the headers of rate limits', ([, operation]) => {
    expect(Object.keys(successOf(operation)[1].headers ?? {})).toEqual(
      expect.arrayContaining(['X-Request-Id', 'RateLimit', 'RateLimit-Policy']),
    );
  });
});

describe('every schema of a body', () => {
  test.for(named(({ body }) => body !== undefined))('%s takes no unknown field, however deep', ([, { body }]) => {
    expect([...openObjectsIn(body ?? {})]).toEqual([]);
  });
});

/** Paths of objects that would take members nobody has declared. */
function* openObjectsIn(schema: JsonSchema, path = 'body'): Generator<string> {
  if (schema['type'] === 'object' && schema['additionalProperties'] === undefined) yield path;
  for (const [name, member] of membersOf(schema)) yield* openObjectsIn(member, `${path}.${name}`);
  for (const keyword of ['items', 'additionalProperties']) {
    const inner = schema[keyword];
    if (isSchema(inner)) yield* openObjectsIn(resolved(inner), `${path}.*`);
  }
}

describe('every list', () => {
  /** Lists that are part of the program: what they hold is known, and small. */
  const constantLists = new Set(['listChecks', 'listRoles']);
  const isList = (operation: DocumentedOperation): boolean => {
    const schema = successSchema(operation);
    return schema !== undefined && membersOf(schema).some(([name]) => name === 'items');
  };

  test.for(named((operation) => isList(operation) && !constantLists.has(operation.id)))(
    '%s is read page by page',
    ([, operation]) => {
      expect(operation.id).toMatch(/^list/);
      const parameters = Object.fromEntries(operation.queryParameters.map(({ name, schema }) => [name, schema]));
      expect(parameters).toMatchObject({
        limit: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
        cursor: { type: 'string' },
      });
      expect(successSchema(operation)?.['required']).toEqual(['items', 'nextCursor']);
      expect(problemsOf(operation)).toContain('cursor-invalid');
    },
  );

  test('is recognised as one by its name', () => {
    const lists = operations.filter(isList).map(({ id }) => id);
    const byName = operations.map(({ id }) => id).filter((id) => id.startsWith('list'));
    expect(byName.toSorted()).toEqual(lists.toSorted());
  });
});

describe('every POST', () => {
  /** Those that make nothing that a repetition could make twice; sign-up and login have no sender to keep keys for. */
  const withoutKey = new Set([
    'signUp',
    'createSession',
    'refreshSession',
    'testConnection',
    'testHostConnection',
    'cancelScan',
  ]);

  test.for(named(({ method, id }) => method === 'POST' && !withoutKey.has(id)))(
    '%s takes an Idempotency-Key',
    ([, operation]) => {
      expect(hasHeader(operation, 'Idempotency-Key')).toBe(true);
      expect(successOf(operation)[0]).toMatch(/^20[12]$/);
      expect(Object.keys(successOf(operation)[1].headers ?? {})).toContain('Idempotency-Replayed');
    },
  );

  test('that creates something with an address of its own says where it is', () => {
    for (const operation of operations) {
      const collection = operation.method === 'POST' && successOf(operation)[0] === '201';
      const hasMember = operations.some(
        ({ method, path }) => method === 'GET' && path.startsWith(`${operation.path}/{`),
      );
      if (!collection || !hasMember) continue;
      expect(Object.keys(successOf(operation)[1].headers ?? {}), operation.name).toContain('Location');
    }
  });

  test('alone takes an Idempotency-Key', () => {
    const others = operations.filter((one) => one.method !== 'POST' && hasHeader(one, 'Idempotency-Key'));
    expect(others).toEqual([]);
  });
});

describe('every PATCH', () => {
  test.for(named(({ method }) => method === 'PATCH'))('%s requires If-Match of what a GET gives', ([, operation]) => {
    const header = operation.operation.parameters.find(({ name }) => name === 'If-Match');
    expect(header).toMatchObject({ in: 'header', required: true });
    expect(Object.keys(successOf(operation)[1].headers ?? {})).toContain('ETag');
    const read = operations.find(({ method, path }) => method === 'GET' && path === operation.path);
    expect(read === undefined ? [] : Object.keys(successOf(read)[1].headers ?? {})).toContain('ETag');
    expect(read?.operation.parameters.map(({ name }) => name)).toContain('If-None-Match');
    expect(Object.keys(read?.operation.responses ?? {})).toContain('304');
  });
});

test('every component is used', () => {
  const text = JSON.stringify(apiDocument);
  const unused = Object.keys(apiDocument.components.schemas).filter(
    (name) => !text.includes(`"#/components/schemas/${name}"`),
  );
  expect(unused).toEqual([]);
});

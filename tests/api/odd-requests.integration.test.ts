import { createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApi } from '../../apps/api/src/testing/test-api.ts';
import type { TestApi } from '../../apps/api/src/testing/test-api.ts';
import { operations } from './operations.ts';
import { Wire } from './wire.ts';

let database: TestDatabase;
let api: TestApi;
let wire: Wire;
beforeAll(async () => {
  database = await createTestDatabase();
  api = await createTestApi(database);
  wire = new Wire(api.url);
}, 30_000);
afterAll(async () => {
  wire.close();
  await api.close();
  await database.close();
});

describe.for([...Map.groupBy(operations, ({ path }) => path)])('%s', ([path, documented]) => {
  test('refuses the methods that it does not have, and says which it has', async () => {
    const methods = documented.map(({ method }) => method);
    const allowed = methods.includes('GET') ? [...methods, 'HEAD'] : methods;
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'HEAD']) {
      if (allowed.includes(method)) continue;
      const target = path.replaceAll(/\{\w+\}/g, '0199c0de-7c1e-7000-8000-3f1f5e3a9b10');
      const answer = await wire.send({ method, path: target });
      expect(answer.status, method).toBe(405);
      expect(answer.headers['allow'], method).toBe(allowed.toSorted().join(', '));
      expect(answer.headers['content-type'], method).toContain('application/problem+json');
    }
  });
});

describe('what is no HTTP', () => {
  test.for([
    ['NUL in a credential', 'GET /v1/hosts HTTP/1.1', 'Authorization: Bearer a\0b', 400],
    ['NUL in an If-Match', 'PATCH /v1/tenant HTTP/1.1', 'If-Match: "1\0"', 400],
    ['NUL in an Idempotency-Key', 'POST /v1/hosts HTTP/1.1', 'Idempotency-Key: a\0b', 400],
    ['NUL in a content type', 'POST /v1/hosts HTTP/1.1', 'Content-Type: application/json\0', 400],
    ['NUL in a cookie', 'POST /v1/sessions/refresh HTTP/1.1', 'Cookie: plimsoll=a\0b', 400],
    ["NUL in a header's name", 'GET /v1/hosts HTTP/1.1', 'X-A\0: b', 400],
    ['a control character in a header', 'GET /v1/hosts HTTP/1.1', 'X-A: a\x07b', 400],
    ['NUL in the path', 'GET /v1/hosts\0 HTTP/1.1', 'X-A: b', 400],
    ['a control character in the query', 'GET /v1/hosts?search=\x07 HTTP/1.1', 'X-A: b', 400],
    ['a space in the path', 'GET /v1/ho sts HTTP/1.1', 'X-A: b', 400],
    ['a method that is none', 'FETCH /v1/hosts HTTP/1.1', 'X-A: b', 400],
    ['a method in lower case', 'get /v1/hosts HTTP/1.1', 'X-A: b', 400],
    ['two lengths', 'POST /v1/hosts HTTP/1.1', 'Content-Length: 1\r\nContent-Length: 2', 400],
    ['a length and chunks', 'POST /v1/hosts HTTP/1.1', 'Content-Length: 3\r\nTransfer-Encoding: chunked', 400],
    ['a length below zero', 'POST /v1/hosts HTTP/1.1', 'Content-Length: -1', 400],
    ['a folded header', 'GET /v1/hosts HTTP/1.1', 'X-A: a\r\n b', 400],
    ['headers without end', 'GET /v1/hosts HTTP/1.1', `X-A: ${'x'.repeat(70_000)}`, 431],
    ['more headers than fit', 'GET /v1/hosts HTTP/1.1', 'X-A: b\r\n'.repeat(3_000).trimEnd(), 431],
    ['an expectation that nobody meets', 'POST /v1/hosts HTTP/1.1', 'Expect: the-unexpected', 417],
    ['an upgrade to nothing', 'CONNECT example.com:443 HTTP/1.1', 'X-A: b', 405],
  ] as const)('%s gets a problem', async ([, requestLine, header, status]) => {
    const answer = await wire.sendRaw(`${requestLine}\r\nHost: x\r\nConnection: close\r\n${header}\r\n\r\n`);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer.toLowerCase()).toContain('content-type: application/problem+json');
  });
});

test('nothing of all this is an error in the log', () => {
  expect(api.logged.filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([]);
});

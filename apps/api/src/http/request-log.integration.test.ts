import { newId } from '@plimsoll/persistence';
import { createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { FixtureFeature } from '../testing/fixture.feature.ts';
import { createTestApi } from '../testing/test-api.ts';
import type { TestApi } from '../testing/test-api.ts';

/** Every answer leaves one line in the log and one observation in the metrics, whoever gave it. */
let database: TestDatabase;
let api: TestApi;
beforeAll(async () => {
  database = await createTestDatabase();
  api = await createTestApi(database, { features: [FixtureFeature] });
});
afterAll(async () => {
  await api.close();
  await database.close();
});

const authorization = `Bearer owner ${newId()} ${newId()}`;
const answered = async (status: number): Promise<number> => {
  const { values } = await api.core.metrics.httpDuration.get();
  return values
    .filter(({ metricName, labels }) => metricName?.endsWith('_count') === true && labels.status === String(status))
    .reduce((sum, { value }) => sum + value, 0);
};

/** Lines of level `info` that were written since. */
const linesFrom = (start: number): unknown[] => api.logged.slice(start).filter(({ level }) => level === 'info');

const json = { 'content-type': 'application/json' };
test.for<[string, number, string, RequestInit]>([
  ['a route', 200, '/v1/boats', {}],
  ['no route', 404, '/v1/nothing', {}],
  ['a method that the route has not', 405, '/v1/boats', { method: 'DELETE' }],
  ['a path that can not be decoded', 422, '/v1/boats/%ff', {}],
  ['a path with a part that is too long', 422, `/v1/boats/${'x'.repeat(300)}`, {}],
  ['a body that is no JSON', 400, '/v1/boats', { method: 'POST', body: '{', headers: json }],
  [
    'a body of another type',
    415,
    '/v1/boats',
    { method: 'POST', body: 'a', headers: { 'content-type': 'text/plain' } },
  ],
  ['a body that is too large', 413, '/v1/boats', { method: 'POST', body: 'x'.repeat(1_100_000), headers: json }],
])('%s: one line, one observation', async ([, status, path, init]) => {
  const [lines, count] = [api.logged.length, await answered(status)];
  const headers = new Headers(init.headers);
  headers.set('authorization', authorization);
  headers.set('x-request-id', 'request-of-mine');
  const response = await fetch(`${api.url}${path}`, { ...init, headers });
  expect(response.status).toBe(status);
  await vi.waitFor(async () => expect(await answered(status)).toBe(count + 1));
  const method = init.method ?? 'GET';
  expect(linesFrom(lines)).toMatchObject([{ msg: 'request', requestId: 'request-of-mine', method, path, status }]);
});

test.for([
  ['what is no HTTP', 400, 'HELLO\r\n\r\n', 'HPE_INVALID_METHOD'],
  ['headers that are too large', 431, `GET / HTTP/1.1\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`, 'HPE_HEADER_OVERFLOW'],
  ['a tunnel', 405, 'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n', 'tunnel'],
  ['an expectation', 417, 'GET /v1/boats HTTP/1.1\r\nHost: x\r\nExpect: cake\r\n\r\n', 'expectation'],
] as const)('%s: one line, one observation', async ([, status, raw, reason]) => {
  const [lines, count] = [api.logged.length, await answered(status)];
  const { hostname, port } = new URL(api.url);
  const { promise: closed, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect(Number(port), hostname, () => socket.write(raw));
  socket
    .resume()
    .once('close', () => resolve())
    .once('error', reject);
  await closed;
  expect(await answered(status)).toBe(count + 1);
  expect(linesFrom(lines)).toMatchObject([{ msg: 'request refused', status, reason }]);
});

import { problems } from '@plimsoll/contracts';
import { newId } from '@plimsoll/persistence';
import { createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FixtureFeature } from '../testing/fixture.feature.ts';
import { createTestApi } from '../testing/test-api.ts';
import type { TestApi } from '../testing/test-api.ts';

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

const owner = `Bearer owner ${newId()} ${newId()}`;

const send = async (path: string, init: RequestInit & { duplex?: 'half' } = {}) => {
  const headers = new Headers(init.headers);
  if (!headers.has('authorization')) headers.set('authorization', owner);
  const response = await fetch(`${api.url}${path}`, { ...init, headers });
  const text = await response.text();
  const body = JSON.parse(text) as { type: string; status: number; errors?: { field: string; in: string }[] };
  return { status: response.status, headers: response.headers, body };
};
const post = (body: string | Uint8Array<ArrayBuffer>, contentType = 'application/json') =>
  send('/v1/boats', { method: 'POST', body, headers: { 'content-type': contentType } });

const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const bytes = (...values: number[]) => Uint8Array.from(values);

test.for([
  ['a wrong type', '{"name":7}', 422, 'name'],
  ['a wrong type deep inside', '{"name":"a","crew":[{"age":"old"}]}', 422, 'crew.0.age'],
  ['an unknown field', '{"name":"a","sails":3}', 422, 'sails'],
  ['an unknown field deep inside', '{"name":"a","crew":[{"age":1,"hat":true}]}', 422, 'crew.0.hat'],
  ['a missing field', '{}', 422, 'name'],
  ['too long a text', JSON.stringify({ name: 'x'.repeat(41) }), 422, 'name'],
  [
    'too long a list',
    JSON.stringify({ name: 'a', crew: [{ age: 1 }, { age: 1 }, { age: 1 }, { age: 1 }] }),
    422,
    'crew',
  ],
  ['too deep a body', `{"name":"a","labels":${nested(33)}}`, 422, 'labels.a.a'],
  ['a hundred thousand levels', `{"name":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 422, 'name.0.0'],
  ['a list instead of an object', '[]', 422, 'body'],
  ['null instead of an object', 'null', 422, 'body'],
  ['a number out of range', '{"name":"a","crew":[{"age":1e400}]}', 422, 'crew.0.age'],
  ['bad JSON', '{"name":', 400, 'body'],
  ['an empty body', '', 422, 'body'],
  ['a control character', String.raw`{"name":"a\u0007b"}`, 422, 'name'],
  ['NUL in a value', String.raw`{"name":"a\u0000b"}`, 422, 'name'],
  ['NUL in a value of a free record', String.raw`{"name":"a","labels":{"team":"\u0000"}}`, 422, 'labels.team'],
  ['NUL in a name', String.raw`{"name":"a","labels":{"te\u0000am":"x"}}`, 422, 'labels.te\u{fffd}am'],
  ['a lone high surrogate', String.raw`{"name":"a\ud800"}`, 422, 'name'],
  ['a lone low surrogate', String.raw`{"name":"\udc00a"}`, 422, 'name'],
  ['a lone surrogate in a name', String.raw`{"name":"a","labels":{"\ud800":"x"}}`, 422, 'labels.\u{fffd}'],
  ['the same name twice', '{"name":"a","name":"b"}', 422, 'name'],
  ['the same name twice, once escaped', String.raw`{"name":"a","n\u0061me":"b"}`, 422, 'name'],
  ['the same name twice, deep inside', '{"name":"a","crew":[{"age":1},{"age":1,"age":2}]}', 422, 'crew.1.age'],
  ['__proto__', '{"name":"a","__proto__":{"admin":true}}', 422, '__proto__'],
  ['__proto__ deep inside', '{"name":"a","labels":{"__proto__":"x"}}', 422, 'labels.__proto__'],
] as const)('%s in a body is refused by name', async ([, body, status, field]) => {
  const answer = await post(body);
  expect(answer).toMatchObject({ status, body: { status, errors: [{ in: 'body' }] } });
  expect(answer.body.errors?.[0]?.field.startsWith(field)).toBe(true);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
});

test('the same name in two objects of a list is no repetition', async () => {
  expect(await post('{"name":"a","crew":[{"age":1},{"age":2}],"labels":{"name":"b"}}')).toMatchObject({ status: 201 });
});

test.for([
  ['half a character', bytes(0x22, 0xc3, 0x22), 400],
  ['an encoded surrogate', bytes(0x22, 0xed, 0xa0, 0x80, 0x22), 400],
  ['a raw NUL', bytes(0x22, 0, 0x22), 400],
] as const)('%s is no valid body', async ([, body, status]) => {
  expect(await post(body)).toMatchObject({ status, body: { type: '/problems/malformed-body' } });
});

test('a huge body is refused with the limit', async () => {
  const answer = await post(JSON.stringify({ name: 'x'.repeat(1_100_000) }));
  expect(answer).toMatchObject({ status: 413, body: { limitBytes: 1_048_576, errors: [{ field: 'body' }] } });
});

test('a huge body without a length is refused as well', async () => {
  const chunk = new TextEncoder().encode('x'.repeat(65_536));
  let sent = 0;
  const body = new ReadableStream({
    pull: (controller) => {
      sent += 1;
      if (sent > 40) controller.close();
      else controller.enqueue(chunk);
    },
  });
  const headers = { 'content-type': 'application/json' };
  const answer = await send('/v1/boats', { method: 'POST', body, duplex: 'half', headers }).catch(
    (error: unknown) => error,
  );
  // The server may have hung up before everything was sent.
  expect(answer instanceof Error ? { status: 413 } : answer).toMatchObject({ status: 413 });
});

test.for(['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
  'content type %s is refused',
  async (contentType) => {
    const answer = await post('{"name":"a"}', contentType);
    expect(answer).toMatchObject({ status: 415, body: { errors: [{ field: 'Content-Type', in: 'header' }] } });
  },
);

test('JSON in another character set is refused', async () => {
  expect(await post('{"name":"a"}', 'application/json; charset=latin1')).toMatchObject({ status: 415 });
});

test.for([
  ['an unknown parameter', '?sails=3', 'sails'],
  ['a number out of range', '?limit=0', 'limit'],
  ['no number', '?limit=many', 'limit'],
  ['a number in hexadecimal digits', '?limit=0x10', 'limit'],
  ['a number with an exponent', '?limit=1e1', 'limit'],
  ['a repeated parameter', '?search=a&search=b', 'search'],
  ['too long a value', `?search=${'x'.repeat(21)}`, 'search'],
  ['NUL', '?search=%00', 'search'],
  ['a control character', '?search=%07', 'search'],
  ['a raw line break', '?search=a%0d%0ab', 'search'],
  ['escapes that are not UTF-8', '?search=%ff', 'search'],
  ['an encoded surrogate', '?search=%ed%a0%80', 'search'],
  ['half an escape', '?search=%f', 'search'],
  ['__proto__', '?__proto__=x', '__proto__'],
  ['a NUL in a name', '?a%00b=x', 'a\u{fffd}b'],
  ['an array in brackets', '?search[]=x', 'search[]'],
  ['a flood of parameters', `?${Array.from({ length: 200 }, (_, index) => `p${index}=1`).join('&')}`, 'query'],
] as const)('%s in a query is refused by name', async ([, query, field]) => {
  const answer = await send(`/v1/boats${query}`);
  expect(answer).toMatchObject({ status: 422, body: { errors: [{ field, in: 'query' }] } });
});

test('a message says what to send, in words that need no knowledge of the parser', async () => {
  const { body } = await post('{"name":7,"crew":[{}],"sails":3}');
  expect(body.errors).toEqual([
    { field: 'name', in: 'body', message: 'Send text, not a number.' },
    { field: 'crew.0.age', in: 'body', message: 'Required: send a number.' },
    { field: 'sails', in: 'body', message: 'Unknown field: leave it out.' },
  ]);
});

test('a route without a query takes none', async () => {
  const answer = await send('/v1/boats/whoami?verbose=1');
  expect(answer).toMatchObject({ status: 422, body: { errors: [{ field: 'verbose', in: 'query' }] } });
});

test('a route without a body takes none', async () => {
  const init = { method: 'POST', body: '{"now":true}', headers: { 'content-type': 'application/json' } };
  expect(await send('/v1/boats/secrets', init)).toMatchObject({
    status: 422,
    body: { errors: [{ field: 'now', in: 'body' }] },
  });
});

test.for([
  ['no UUID', 'nonsense'],
  ['SQL', "1'%20OR%20'1'='1"],
  ['NUL', '%00'],
  ['a control character', 'a%07b'],
  ['too long', 'x'.repeat(250)],
] as const)('an id that is %s is refused by name', async ([, id]) => {
  const answer = await send(`/v1/boats/${id}`);
  expect(answer).toMatchObject({ status: 422, body: { errors: [{ field: 'boatId', in: 'path' }] } });
});

test.for([
  ['escapes that are not UTF-8', '%ff'],
  ['half an escape', '%'],
  ['endless', 'x'.repeat(3000)],
] as const)('a path with %s is refused', async ([, id]) => {
  expect(await send(`/v1/boats/${id}`)).toMatchObject({ status: 422, body: { errors: [{ in: 'path' }] } });
});

test.for([
  ['Idempotency-Key', 'POST', '/v1/boats', 'x'.repeat(256)],
  ['Idempotency-Key', 'POST', '/v1/boats', 'a b'],
  ['Idempotency-Key', 'POST', '/v1/boats', 'caf\u00e9'],
  ['Last-Event-ID', 'GET', '/v1/boats/tides', '-1'],
  ['If-Match', 'PATCH', '/v1/boats/0199c0de-7c1e-7000-8000-3f1f5e3a9b10', 'version 3'],
] as const)('a bad %s is refused by name', async ([name, method, path, value]) => {
  const body = method === 'GET' ? {} : { body: '{"name":"a"}' };
  const answer = await send(path, { method, ...body, headers: { 'content-type': 'application/json', [name]: value } });
  expect(answer).toMatchObject({ status: 422, body: { errors: [{ field: name, in: 'header' }] } });
});

test.for([
  ['NUL in a header', 'GET /v1/boats HTTP/1.1\r\nHost: x\r\nX-Bad: a\0b\r\n\r\n', 400],
  ['no HTTP', 'HELLO\r\n\r\n', 400],
  ['huge headers', `GET /v1/boats HTTP/1.1\r\nHost: x\r\nX-Big: ${'x'.repeat(70_000)}\r\n\r\n`, 431],
  ['two lengths', 'POST /v1/boats HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
] as const)('%s gets a problem, not silence', async ([, raw, status]) => {
  const answer = await rawRequest(raw);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(answer).toContain('application/problem+json');
});

const rawRequest = (raw: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(api.url);
    const socket = connect(Number(port), hostname, () => socket.write(raw));
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });

test('a path that is not there is a 404 problem, a wrong method a 405 with Allow', async () => {
  expect(await send('/v1/nothing')).toMatchObject({ status: 404, body: { type: '/problems/not-found' } });
  const wrong = await send('/v1/boats', { method: 'DELETE' });
  expect(wrong).toMatchObject({ status: 405, body: { type: '/problems/method-not-allowed' } });
  expect(wrong.headers.get('allow')).toBe('GET, HEAD, POST');
});

test('an unexpected error is a 500 that tells nothing but its request id, and one line in the log', async () => {
  const before = api.logged.filter(({ level }) => level === 'error').length;
  const answer = await send('/v1/boats/broken', { headers: { 'x-request-id': 'request-of-mine-1' } });
  expect(answer.body).toEqual({
    type: '/problems/internal-error',
    title: 'Something went wrong on our side',
    status: 500,
    instance: '/v1/boats/broken',
    requestId: 'request-of-mine-1',
  });
  expect(answer.headers.get('x-request-id')).toBe('request-of-mine-1');
  const lines = api.logged.filter(({ level }) => level === 'error').slice(before);
  expect(lines).toMatchObject([{ requestId: 'request-of-mine-1', err: { message: 'the mast of secret-boat broke' } }]);
});

test('an answer that holds more than its route promises does not leave', async () => {
  const answer = await send('/v1/boats/leaky');
  expect(answer.status).toBe(500);
  expect(JSON.stringify([answer.body, api.logged])).not.toContain('secret-keel');
});

test.for(['x', 'with space in it', 'x'.repeat(200), 'semi;colon;semi'])(
  'the request id "%s" is replaced by one of ours',
  async (id) => {
    const answer = await send('/v1/nothing', { headers: { 'x-request-id': id } });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  },
);

test('every problem that was answered here is in the table', async () => {
  const answers = await Promise.all([post('{'), post('{}'), send('/v1/nothing'), send('/v1/boats?x=1')]);
  const known = problems.map(({ slug }) => `/problems/${slug}`);
  for (const { body } of answers) expect(known).toContain(body.type);
});

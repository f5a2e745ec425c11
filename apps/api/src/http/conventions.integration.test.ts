import { newId } from '@plimsoll/persistence';
import { aTenant, createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FixtureFeature, Harbour } from '../testing/fixture.feature.ts';
import { createTestApi } from '../testing/test-api.ts';
import type { TestApi } from '../testing/test-api.ts';

let database: TestDatabase;
let api: TestApi;
let ada: string;
let otherTenant: string;
beforeAll(async () => {
  database = await createTestDatabase();
  api = await createTestApi(database, { features: [FixtureFeature] });
  ada = `Bearer owner ${(await aTenant(database.database)).id} ${newId()}`;
  otherTenant = (await aTenant(database.database)).id;
});
afterAll(async () => {
  await api.close();
  await database.close();
});

const create = (body: object, key?: string, actor = ada) => {
  const request = api.request.post('/v1/boats').set('authorization', actor);
  if (key !== undefined) request.set('idempotency-key', key);
  return request.send(body);
};
const launch = async () => {
  const { body } = await create({ name: 'Sally' });
  return body as { id: string; version: number };
};
const read = (id: string, headers: Record<string, string> = {}) =>
  api.request.get(`/v1/boats/${id}`).set('authorization', ada).set(headers);
const rename = (id: string, headers: Record<string, string>) =>
  api.request.patch(`/v1/boats/${id}`).set('authorization', ada).set(headers).send({ name: 'Molly' });

test('what is created says where it is and which state it has', async () => {
  const answer = await create({ name: 'Sally' });
  expect(answer).toMatchObject({ status: 201, body: { name: 'Sally', labels: {} } });
  expect(answer.headers).toMatchObject({
    location: `/v1/boats/${(answer.body as { id: string }).id}`,
    etag: expect.stringMatching(/^"1\.[\w-]{16}"$/) as string,
  });
});

test('a read that knows the state gets 304 and no body', async () => {
  const { id } = await launch();
  const first = await read(id);
  const tag = first.headers['etag'] ?? '';
  for (const known of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
    const again = await read(id, { 'if-none-match': known });
    expect(again).toMatchObject({ status: 304, text: '' });
    expect(again.headers['etag']).toBe(tag);
  }
  expect(await read(id, { 'if-none-match': '"other"' })).toMatchObject({ status: 200 });
});

test('an update needs the state it replaces', async () => {
  const { id } = await launch();
  expect(await rename(id, {})).toMatchObject({ status: 428, body: { type: '/problems/precondition-required' } });
  const tag = (await read(id)).headers['etag'] ?? '';
  const renamed = await rename(id, { 'if-match': tag });
  expect(renamed).toMatchObject({ status: 200, body: { name: 'Molly', version: 2 } });
  const late = await rename(id, { 'if-match': tag });
  expect(late).toMatchObject({ status: 412, body: { type: '/problems/version-conflict', currentETag: '"2"' } });
  expect(late.headers['etag']).toBeUndefined();
  expect(await rename(id, { 'if-match': '"2"' })).toMatchObject({ status: 200 });
  expect(await rename(id, { 'if-match': '*' })).toMatchObject({ status: 200 });
  expect(await rename(id, { 'if-match': renamed.headers['etag'] ?? '' })).toMatchObject({ status: 412 });
});

test('a weak tag never matches an update', async () => {
  const { id } = await launch();
  const tag = (await read(id)).headers['etag'] ?? '';
  expect(await rename(id, { 'if-match': `W/${tag}` })).toMatchObject({ status: 412 });
});

test('what has nothing to say answers 204', async () => {
  const { id } = await launch();
  const answer = await api.request.delete(`/v1/boats/${id}`).set('authorization', ada);
  expect(answer).toMatchObject({ status: 204, text: '' });
  expect(await read(id)).toMatchObject({ status: 404 });
});

test('the same key and request get the same answer, and it happens once', async () => {
  const before = Harbour.created;
  const first = await create({ name: 'Sally' }, 'key-1');
  const again = await create({ name: 'Sally' }, 'key-1');
  expect(again).toMatchObject({ status: 201, body: first.body as object });
  expect(again.headers).toMatchObject({
    'idempotency-replayed': 'true',
    location: first.headers['location'],
    etag: first.headers['etag'],
  });
  expect(first.headers['idempotency-replayed']).toBeUndefined();
  expect(Harbour.created).toBe(before + 1);
});

test('a key stands for one request only', async () => {
  await create({ name: 'Sally' }, 'key-2');
  const other = await create({ name: 'Molly' }, 'key-2');
  expect(other).toMatchObject({ status: 422, body: { type: '/problems/idempotency-key-reused' } });
});

test('keys of another user and of another tenant are other keys', async () => {
  const tenantId = ada.split(' ')[2] ?? '';
  const userId = ada.split(' ')[3] ?? '';
  const first = await create({ name: 'Sally' }, 'key-3');
  for (const actor of [`Bearer owner ${tenantId} ${newId()}`, `Bearer owner ${otherTenant} ${userId}`]) {
    const other = await create({ name: 'Molly' }, 'key-3', actor);
    expect(other).toMatchObject({ status: 201, body: { name: 'Molly' } });
    expect(other.body).not.toEqual(first.body);
  }
});

test('while the first request runs, a second with its key is told so', async () => {
  let open = (): void => undefined;
  Harbour.gate = new Promise((resolve) => (open = resolve));
  const before = Harbour.created;
  const running = [create({ name: 'slow' }, 'key-4'), create({ name: 'slow' }, 'key-4')];
  const early = await Promise.race(running.map(async (request) => await request));
  expect(early).toMatchObject({ status: 409, body: { type: '/problems/idempotency-key-in-use' } });
  open();
  const statuses = (await Promise.all(running)).map(({ status }) => status);
  expect(statuses.toSorted((a, b) => a - b)).toEqual([201, 409]);
  expect(Harbour.created).toBe(before + 1);
});

test('a request that failed gives its key back', async () => {
  expect(await create({ name: 'sinks' }, 'key-5')).toMatchObject({ status: 404 });
  expect(await create({ name: 7 }, 'key-5')).toMatchObject({ status: 422, body: { errors: [{ field: 'name' }] } });
  expect(await create({ name: 'Sally' }, 'key-5')).toMatchObject({ status: 201 });
});

test('a claim whose process died can be taken over after a while', async () => {
  await create({ name: 'Sally' }, 'key-6');
  const stale =
    "UPDATE idempotency_keys SET response_status = NULL, expires_at = now() - interval '1 s' WHERE key = $1";
  await database.asOwner(stale, ['key-6']);
  expect((await create({ name: 'Sally' }, 'key-6')).headers['idempotency-replayed']).toBeUndefined();
});

test('an answer is kept for a day', async () => {
  await create({ name: 'Sally' }, 'key-7');
  const [row] = await database.asOwner<{ hours: number }>(
    'SELECT extract(epoch FROM expires_at - created_at)::float / 3600 AS hours FROM idempotency_keys WHERE key = $1',
    ['key-7'],
  );
  expect(row?.hours).toBeCloseTo(24, 1);
});

test('an answer that shows a secret is replayed, but not stored in clear', async () => {
  const send = () =>
    api.request.post('/v1/boats/secrets').set('authorization', ada).set('idempotency-key', 'key-8').send();
  const first = await send();
  const again = await send();
  expect(again.headers['idempotency-replayed']).toBe('true');
  expect(again.body).toEqual(first.body);
  const rows = await database.asOwner('SELECT * FROM idempotency_keys WHERE key = $1', ['key-8']);
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toContain('hush-');
});

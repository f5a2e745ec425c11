import { newId } from '@plimsoll/persistence';
import { createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { FixtureFeature, Harbour } from '../testing/fixture.feature.ts';
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

const follow = async (actor: string, lastEventId?: string, target = api) => {
  const leaving = new AbortController();
  const headers = { authorization: actor, ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) };
  const response = await fetch(`${target.url}/v1/boats/tides`, { headers, signal: leaving.signal });
  return { response, leave: () => leaving.abort() };
};

/** Reads until the text holds this. */
const readUntil = async (response: Response, expected: string): Promise<string> => {
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString('utf8');
    if (text.includes(expected)) break;
  }
  return text;
};
const viewer = () => `Bearer viewer ${newId()} ${newId()}`;

test('events come with ids and names', async () => {
  const { response } = await follow(viewer());
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(response.headers.get('cache-control')).toBe('no-store');
  const text = await readUntil(response, 'id: 3');
  expect(text).toContain('retry: 2000\n\nid: 1\nevent: tide\ndata: {"height":1}\n\nid: 2\n');
});

test('a client that comes back goes on after its last event', async () => {
  const { response } = await follow(viewer(), '2');
  const text = await readUntil(response, 'id: 3');
  expect(text).not.toContain('id: 2\n');
});

test('a client that leaves stops the source', async () => {
  Harbour.streams.length = 0;
  const { response, leave } = await follow(viewer());
  await readUntil(response, 'id: 3');
  leave();
  await vi.waitFor(() => expect(Harbour.streams.map(({ aborted }) => aborted)).toEqual([true]));
});

test('one actor can not open streams without end, and gets its place back', async () => {
  const actor = viewer();
  const open = await Promise.all(Array.from({ length: 20 }, () => follow(actor)));
  expect(open.map(({ response }) => response.status)).toEqual(Array.from({ length: 20 }, () => 200));
  const refused = await follow(actor);
  expect(refused.response.status).toBe(429);
  const other = await follow(viewer());
  expect(other.response.status).toBe(200);
  other.leave();
  for (const { leave } of open) leave();
  await vi.waitFor(async () => {
    const again = await follow(actor);
    again.leave();
    expect(again.response.status).toBe(200);
  });
});

test('a shut-down ends streams in order, and lets running requests end', async () => {
  const draining = await createTestApi(database, { features: [FixtureFeature] });
  let open = (): void => undefined;
  Harbour.gate = new Promise((resolve) => (open = resolve));
  const { response } = await follow(viewer(), undefined, draining);
  const created = Harbour.created;
  const slow = fetch(`${draining.url}/v1/boats`, {
    method: 'POST',
    body: '{"name":"slow"}',
    headers: { 'content-type': 'application/json', authorization: `Bearer owner ${newId()} ${newId()}` },
  });
  await vi.waitFor(async () => {
    const metrics = await (await fetch(`${draining.url}/metrics`)).text();
    expect(metrics).toContain('plimsoll_http_requests_in_flight{service="api"} 3');
  });
  const closing = draining.close();
  // Ends by itself: were it cut, this would throw.
  expect(await response.text()).toContain('id: 3');
  open();
  expect((await slow).status).toBe(201);
  await closing;
  expect(Harbour.created).toBe(created + 1);
  await expect(fetch(`${draining.url}/healthz`)).rejects.toThrow('fetch failed');
});

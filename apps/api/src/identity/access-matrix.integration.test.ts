import { createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApi } from '../testing/test-api.ts';
import type { TestApi } from '../testing/test-api.ts';
import { People } from './testing/people.ts';
import type { Method, Person } from './testing/people.ts';

const everybody = ['owner', 'admin', 'operator', 'viewer', 'auditor'] as const;
type Who = (typeof everybody)[number];
const managers = ['owner', 'admin'] as const;
const readers = ['owner', 'admin', 'auditor'] as const;
const nobody = '0199c0de-7c1e-7000-8000-000000000000';

interface Row {
  readonly method: Method;
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly may: readonly Who[];
  /** What those who may are answered. */
  readonly status: number;
}

/** Written down, not derived: the permissions' own table must not prove itself. */
const rows: readonly Row[] = [
  { method: 'get', path: '/v1/me', may: everybody, status: 200 },
  { method: 'get', path: '/v1/roles', may: everybody, status: 200 },
  { method: 'get', path: '/v1/tenant', may: everybody, status: 200 },
  {
    method: 'patch',
    path: '/v1/tenant',
    body: { name: 'Acme' },
    headers: { 'if-match': '*' },
    may: managers,
    status: 200,
  },
  { method: 'get', path: '/v1/members', may: readers, status: 200 },
  { method: 'get', path: `/v1/members/${nobody}`, may: readers, status: 404 },
  { method: 'post', path: '/v1/members', body: { email: 'x', role: 'viewer' }, may: managers, status: 422 },
  {
    method: 'patch',
    path: `/v1/members/${nobody}`,
    body: { role: 'viewer' },
    headers: { 'if-match': '*' },
    may: managers,
    status: 404,
  },
  { method: 'delete', path: `/v1/members/${nobody}`, may: managers, status: 404 },
  { method: 'get', path: '/v1/api-keys', may: readers, status: 200 },
  { method: 'post', path: '/v1/api-keys', body: { name: 'k', role: 'viewer' }, may: managers, status: 201 },
  { method: 'delete', path: `/v1/api-keys/${nobody}`, may: managers, status: 404 },
  { method: 'get', path: '/v1/audit-events', may: readers, status: 200 },
  { method: 'get', path: '/v1/audit-events/verification', may: readers, status: 200 },
];

let database: TestDatabase;
let api: TestApi;
let people: People;
let owner: Person;
let stranger: Person;
const sendAs = new Map<string, Person['send']>();
beforeAll(async () => {
  database = await createTestDatabase();
  api = await createTestApi(database);
  people = new People(api);
  owner = await people.founder();
  stranger = await people.founder();
  sendAs.set('owner', owner.send);
  for (const role of ['admin', 'operator', 'viewer', 'auditor'] as const) {
    sendAs.set(role, (await people.member(owner, role)).send);
    sendAs.set(`${role} key`, await people.apiKey(owner, role));
  }
}, 60_000);
afterAll(async () => {
  await api.close();
  await database.close();
});

describe.for(rows.map((row) => [`${row.method.toUpperCase()} ${row.path}`, row] as const))('%s', ([, row]) => {
  const senders = [...everybody, 'admin key', 'operator key', 'viewer key', 'auditor key'];
  test.for(senders)('%s', async (sender) => {
    const send = sendAs.get(sender);
    if (send === undefined) throw new Error(`nobody is called ${sender}`);
    const answer = await send(row.method, row.path, row.body).set(row.headers ?? {});
    const permitted = row.may.some((role) => role === sender.split(' ')[0]);
    expect(answer.status).toBe(permitted ? row.status : 403);
    expect(answer.body.type === '/problems/permission-missing').toBe(!permitted);
  });

  test('nobody without credentials', async () => {
    const request = api.request[row.method](row.path).set(row.headers ?? {});
    const answer = await (row.body === undefined ? request : request.send(row.body));
    expect(answer.status).toBe(401);
  });
});

describe('another tenant', () => {
  test('finds neither members nor API keys of this one', async () => {
    const member = owner.session.user.id;
    const { body: key } = await owner.send('post', '/v1/api-keys', { name: 'k', role: 'viewer' }).expect(201);
    await stranger.send('get', `/v1/members/${member}`).expect(404);
    await stranger.send('patch', `/v1/members/${member}`, { role: 'viewer' }).set('if-match', '*').expect(404);
    await stranger.send('delete', `/v1/members/${member}`).expect(404);
    await stranger.send('delete', `/v1/api-keys/${key.id}`).expect(404);
    const ours = JSON.stringify([
      (await stranger.send('get', '/v1/members')).body,
      (await stranger.send('get', '/v1/api-keys')).body,
      (await stranger.send('get', '/v1/audit-events')).body,
    ]);
    expect(ours).not.toContain(owner.session.tenant.id);
    expect(ours).not.toContain(owner.session.user.email);
  });

  test('reads its own cursor only: that of this tenant shows nothing of it', async () => {
    const { body } = await owner.send('get', '/v1/members?limit=1').expect(200);
    const answer = await stranger.send('get', `/v1/members?cursor=${body.nextCursor}`).expect(200);
    expect(JSON.stringify(answer.body)).not.toContain(owner.session.user.email);
  });
});

describe('the audit log', () => {
  test('tells of what was refused, by whom and on which route', async () => {
    const viewer = await people.member(owner, 'viewer');
    await viewer.send('get', '/v1/members?search=x').expect(403);
    const { body } = await owner.send('get', `/v1/audit-events?outcome=refused&actorId=${viewer.session.user.id}`);
    expect(body.items).toHaveLength(1);
    expect(body.items[0]).toMatchObject({
      action: 'request.authorized',
      actor: { kind: 'user', name: viewer.session.user.email },
      subject: { kind: 'operation', id: 'listMembers', name: 'GET /v1/members' },
      details: { permission: 'members:read' },
      address: '127.0.0.1',
    });
  });

  test('tells of a key that was revoked and used all the same', async () => {
    const { body: key } = await owner.send('post', '/v1/api-keys', { name: 'gone', role: 'viewer' }).expect(201);
    await owner.send('delete', `/v1/api-keys/${key.id}`).expect(204);
    await people.as(key.key)('get', '/v1/me').expect(401);
    const { body } = await owner.send('get', `/v1/audit-events?subjectId=${key.id}`).expect(200);
    expect(body.items.map((event: { action: string; outcome: string }) => `${event.action} ${event.outcome}`)).toEqual([
      'request.authenticated refused',
      'api-key.revoked success',
      'api-key.created success',
    ]);
  });

  test.for([
    ['limit=0', 'limit'],
    ['actorId=x', 'actorId'],
    ['from=yesterday', 'from'],
    ['outcome=maybe', 'outcome'],
    ['sort=at', 'sort'],
    ['cursor=x', 'cursor'],
  ] as const)('refuses the query %s by name', async ([query, field]) => {
    const answer = await owner.send('get', `/v1/audit-events?${query}`);
    expect([400, 422]).toContain(answer.status);
    expect(answer.body.errors[0].field).toBe(field);
  });

  test('is intact after all this', async () => {
    const { body } = await owner.send('get', '/v1/audit-events/verification').expect(200);
    expect(body).toMatchObject({ intact: true, firstBroken: null });
    const { body: page } = await owner.send('get', '/v1/audit-events?limit=1').expect(200);
    expect(page.items[0]).toMatchObject({ sequence: body.events, hash: body.headHash });
  });
});

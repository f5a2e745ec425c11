import { roles } from '@plimsoll/contracts';
import { startSimulatedHost } from '@plimsoll/engine-simulator';
import type { SimulatedHost } from '@plimsoll/engine-simulator';
import { createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApi } from '../../apps/api/src/testing/test-api.ts';
import type { TestApi } from '../../apps/api/src/testing/test-api.ts';
import { accessRules, ruleOf } from './access-rules.ts';
import { departureOf } from './conformity.ts';
import { digestOf } from './database-rows.ts';
import { apiDocument, operations } from './operations.ts';
import { as, workingRequest } from './requests.ts';
import { keyRoles, populateTenant } from './tenant.ts';
import type { PopulatedTenant } from './tenant.ts';
import { Wire } from './wire.ts';
import type { Answer, Sending } from './wire.ts';

let database: TestDatabase;
let api: TestApi;
let engine: SimulatedHost;
let tenant: PopulatedTenant;
let wire: Wire;
beforeAll(async () => {
  database = await createTestDatabase();
  api = await createTestApi(database);
  engine = await startSimulatedHost();
  tenant = await populateTenant(api, engine);
  wire = new Wire(api.url);
}, 60_000);
afterAll(async () => {
  wire.close();
  await engine.close();
  await api.close();
  await database.close();
});

/** Everybody of the tenant who can send a request. */
const senders = [
  ...roles.map((role) => ({ who: role as string, role, isKey: false })),
  ...keyRoles.map((role) => ({ who: `an API key of ${role}`, role, isKey: true })),
];
const tokenOf = ({ role, isKey }: (typeof senders)[number]): string =>
  isKey && role !== 'owner' ? tenant.keys[role] : tenant.people[role].session.accessToken;

const send = async (id: string, sending: Sending): Promise<Answer> => {
  const answer = await wire.send(sending);
  expect(departureOf(id, answer)).toBeUndefined();
  return answer;
};

test('the document that is walked here is the one that the API serves', async () => {
  const answer = await wire.send({ method: 'GET', path: '/openapi.json' });
  expect(answer.body).toEqual(JSON.parse(JSON.stringify(apiDocument)));
});

test('somebody has written down for every operation, and for no other, who may do it', () => {
  expect(Object.keys(accessRules).toSorted()).toEqual(operations.map(({ id }) => id).toSorted());
});

describe('what is not permitted', () => {
  let before: Record<string, string>;
  let refusals = 0;
  beforeAll(async () => {
    before = await digestOf(database, tenant.id);
  });

  const guarded = operations.flatMap((operation) => {
    const { may } = ruleOf(operation.id);
    const excluded = senders.filter(({ role }) => may !== 'anybody' && !may.includes(role));
    return excluded.length === 0 ? [] : [[operation.name, operation, excluded] as const];
  });
  describe.for(guarded)('%s', ([, operation, excluded]) => {
    test.for(excluded.map((sender) => [sender.who, sender] as const))('is refused to %s', async ([, sender]) => {
      const answer = await send(operation.id, as(tokenOf(sender), workingRequest(operation, tenant)));
      refusals += 1;
      expect(answer.body).toMatchObject({ type: '/problems/permission-missing', status: 403 });
    });
  });

  test('has changed nothing, and every attempt is in the audit log', async () => {
    const { audit_events: _events, audit_chains: _chain, ...after } = await digestOf(database, tenant.id);
    const { audit_events: _eventsBefore, audit_chains: _chainBefore, ...expected } = before;
    expect(after).toEqual(expected);
    const [row] = await database.asOwner<{ refused: number }>(
      `SELECT count(*)::int AS refused FROM audit_events WHERE tenant_id = $1 AND action = 'request.authorized'`,
      [tenant.id],
    );
    expect(refusals).toBeGreaterThan(100);
    expect(row?.refused).toBe(refusals);
  });
});

const signedIn = operations.filter(({ id }) => ruleOf(id).may !== 'anybody');
describe.for(signedIn.map((operation) => [operation.name, operation] as const))('%s', ([, operation]) => {
  test('asks for credentials, and takes no bad ones', async () => {
    const sending = workingRequest(operation, tenant);
    const anonymous = await send(operation.id, sending);
    expect(anonymous).toMatchObject({ status: 401, body: { type: '/problems/unauthenticated' } });
    expect(anonymous.headers['www-authenticate']).toMatch(/^Bearer/);
    const { accessToken } = tenant.people.owner.session;
    const [head = '', payload = ''] = accessToken.split('.');
    const unsigned = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url');
    const forged = [
      'nonsense',
      `${head}.${payload}.${'A'.repeat(86)}`,
      `${unsigned}.${payload}.`,
      `${tenant.keys.admin.slice(0, -1)}${tenant.keys.admin.endsWith('A') ? 'B' : 'A'}`,
      'plim_',
    ];
    for (const token of forged) expect((await send(operation.id, as(token, sending))).status, token).toBe(401);
    for (const authorization of ['Basic b3duZXI6cGFzc3dvcmQ=', 'Bearer', `bearer  ${accessToken} x`, '']) {
      const answer = await send(operation.id, { ...sending, headers: { ...sending.headers, authorization } });
      expect(answer.status, authorization).toBe(401);
    }
  });
});

const open = operations.filter(({ id }) => ruleOf(id).may === 'anybody');
test.for(open.map((operation) => [operation.name, operation] as const))(
  '%s is answered without credentials',
  async ([, operation]) => {
    const rule = ruleOf(operation.id);
    expect((await send(operation.id, workingRequest(operation, tenant))).status).toBe(rule.status);
    const withToken = await send(operation.id, as('nonsense', workingRequest(operation, tenant)));
    expect(withToken.status).toBe(rule.badTokenStatus ?? rule.status);
  },
);

describe.for(signedIn.map((operation) => [operation.name, operation] as const))('%s', ([, operation]) => {
  const rule = ruleOf(operation.id);
  const permitted = senders.filter(({ role }) => rule.may.includes(role));
  test.for(permitted.map((sender) => [sender.who, sender] as const))('is permitted to %s', async ([, sender]) => {
    const things = (await rule.uses?.(tenant)) ?? {};
    const answer = await send(operation.id, as(tokenOf(sender), workingRequest(operation, tenant, things)));
    expect(answer.status).toBe(sender.isKey ? (rule.keyStatus ?? rule.status) : rule.status);
  });
});

describe('an owner', () => {
  test('can not be an API key', async () => {
    const { send: ask } = tenant.people.owner;
    const answer = await ask('post', '/v1/api-keys', { name: 'key', role: 'owner' }).expect(422);
    expect(answer.body.errors).toMatchObject([{ field: 'role', in: 'body' }]);
  });

  test('is made and unmade by owners only', async () => {
    const { id } = await tenant.make.member('owner');
    const admin = tenant.people.admin.session.accessToken;
    for (const token of [admin, tenant.keys.admin]) {
      const headers = { 'content-type': 'application/json', 'if-match': '*', authorization: `Bearer ${token}` };
      const email = `${crypto.randomUUID()}@example.com`;
      const attempts: [string, Sending][] = [
        ['addMember', { method: 'POST', path: '/v1/members', headers, body: JSON.stringify({ email, role: 'owner' }) }],
        ['updateMember', { method: 'PATCH', path: `/v1/members/${id}`, headers, body: '{"role":"viewer"}' }],
        [
          'updateMember',
          { method: 'PATCH', path: `/v1/members/${tenant.things.memberId}`, headers, body: '{"role":"owner"}' },
        ],
        [
          'removeMember',
          { method: 'DELETE', path: `/v1/members/${id}`, headers: { authorization: headers.authorization } },
        ],
      ];
      for (const [operation, sending] of attempts) {
        expect((await send(operation, sending)).body, operation).toMatchObject({
          type: '/problems/permission-missing',
        });
      }
    }
  });
});

describe('reading the files of hosts', () => {
  test.for(senders.map((sender) => [sender.who, sender] as const))(
    'is switched on and off by who may, and %s is told',
    async ([, sender]) => {
      const mayManage = ['owner', 'admin', 'operator'].includes(sender.role);
      const may = sender.role === 'owner' || sender.role === 'admin';
      const permission = mayManage ? 'hosts:inspect-files' : 'hosts:manage';
      const refusal = { status: 403, body: { type: '/problems/permission-missing', permission } };
      const host = await tenant.make.host();
      const headers = { 'content-type': 'application/json', 'if-match': '*' };
      const asked = async (operation: string, path: string, method: string, body: object): Promise<Answer> =>
        send(operation, as(tokenOf(sender), { method, path, headers, body: JSON.stringify(body) }));
      const change = await asked('updateHost', `/v1/hosts/${host.id}`, 'PATCH', { inspectHostFiles: true });
      expect(change).toMatchObject(may ? { status: 200, body: { inspectHostFiles: true } } : refusal);
      const registration = { ...tenant.make.hostBody(), inspectHostFiles: true };
      const made = await asked('createHost', '/v1/hosts', 'POST', registration);
      expect(made).toMatchObject(may ? { status: 201, body: { inspectHostFiles: true } } : refusal);
      // As it is already, it is no change.
      const same = await asked('updateHost', `/v1/hosts/${host.id}`, 'PATCH', { inspectHostFiles: may });
      expect(same.status).toBe(mayManage ? 200 : 403);
    },
  );
});

test('nothing of all this is an error in the log', () => {
  expect(api.logged.filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([]);
});

import { roles } from '@plimsoll/contracts';
import { startSimulatedHost } from '@plimsoll/engine-simulator';
import type { SimulatedHost } from '@plimsoll/engine-simulator';
import { createDatabase } from '@plimsoll/persistence';
import { createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { password } from '../../apps/api/src/identity/testing/people.ts';
import { createTestApi } from '../../apps/api/src/testing/test-api.ts';
import type { TestApi } from '../../apps/api/src/testing/test-api.ts';
import { ruleOf } from './access-rules.ts';
import { departureOf } from './conformity.ts';
import { digestOf, idsIn, uuidsOf } from './database-rows.ts';
import { foreignQueries, foreignRequests, naming, unnaming } from './foreign-requests.ts';
import { operations } from './operations.ts';
import { as, workingRequest } from './requests.ts';
import { keyRoles, populateTenant } from './tenant.ts';
import type { PopulatedTenant } from './tenant.ts';
import { switchTenantFilterOff } from './tenant-filter.ts';
import type { TenantFilter } from './tenant-filter.ts';
import { Wire } from './wire.ts';
import type { Answer, Sending } from './wire.ts';

let database: TestDatabase;
let api: TestApi;
let engine: SimulatedHost;
let ours: PopulatedTenant;
let theirs: PopulatedTenant;
let wire: Wire;
/** Everything of theirs that has a UUID, but for who works for both. */
let theirIds: Set<string>;
/** A member of both tenants, signed in to ours. */
let commuter: string;
beforeAll(async () => {
  database = await createTestDatabase();
  api = await createTestApi(database);
  engine = await startSimulatedHost();
  ours = await populateTenant(api, engine);
  theirs = await populateTenant(api, engine);
  wire = new Wire(api.url);
  const { email } = ours.people.owner.session.user;
  const invited = await theirs.people.owner.send('post', '/v1/invitations', { email, role: 'admin' }).expect(201);
  await ours.people.owner.send('post', '/v1/memberships', { code: invited.body.code }).expect(201);
  const login = { email, password, tenantId: ours.id };
  const session = await api.request.post('/v1/sessions').send(login).expect(201);
  commuter = session.body.accessToken;
  const ourIds = await uuidsOf(database, ours.id);
  theirIds = without(await uuidsOf(database, theirs.id), ourIds);
}, 60_000);
afterAll(async () => {
  wire.close();
  await engine.close();
  await api.close();
  await database.close();
});

const senders = [
  ...roles.map((role) => ({ who: role as string, role, token: () => ours.people[role].session.accessToken })),
  ...keyRoles.map((role) => ({ who: `an API key of ${role}`, role, token: () => ours.keys[role] })),
  { who: 'an owner who is also a member there', role: 'owner' as const, token: () => commuter },
];
const isPermitted = (id: string, role: (typeof roles)[number]): boolean => {
  const { may } = ruleOf(id);
  return may === 'anybody' || may.includes(role);
};

const without = (ids: ReadonlySet<string>, others: ReadonlySet<string>): Set<string> =>
  new Set([...ids].filter((id) => !others.has(id)));

const send = async (id: string, sending: Sending): Promise<Answer> => {
  const answer = await wire.send(sending);
  expect(departureOf(id, answer)).toBeUndefined();
  return answer;
};
/** All of an answer that could tell two requests apart, but for what the sender knows already. */
const telling = ({ status, headers, body }: Answer): unknown => {
  const { instance: _path, requestId: _id, ...document } = Object(body);
  return { status, document, etag: headers.etag, location: headers.location };
};

const whatIsTheirs = (tried: typeof senders): void => {
  let before: Record<string, string>;
  beforeAll(async () => {
    before = await digestOf(database, theirs.id);
  });

  describe.for(naming.map((operation) => [operation.name, operation] as const))('%s', ([, operation]) => {
    test.for(tried.map((sender) => [sender.who, sender] as const))('finds nothing for %s', async ([, sender]) => {
      for (const { sending, forNothing } of foreignRequests(operation, ours, theirs)) {
        const answer = await send(operation.id, as(sender.token(), sending));
        expect(answer.status, sending.path).toBe(isPermitted(operation.id, sender.role) ? 404 : 403);
        // For most it is enough to have seen the status: what is told besides does not depend on who asks.
        if (sender.who !== 'owner' && sender.who !== 'viewer') break;
        expect(telling(answer)).toEqual(telling(await send(operation.id, as(sender.token(), forNothing))));
      }
    });
  });

  describe.for(unnaming.map((operation) => [operation.name, operation] as const))('%s', ([, operation]) => {
    test('tells nothing of it', async () => {
      for (const { token } of tried) {
        // Sign-ups and logins look at no token, and cost a second of hashing.
        if (ruleOf(operation.id).may === 'anybody') break;
        const answer = await send(operation.id, as(token(), workingRequest(operation, ours)));
        // What was asked for in vain is in our own audit log, as it was asked for.
        const asked = new Set(operation.id === 'listAuditEvents' ? Object.values({ ...theirs.things }) : []);
        expect(idsIn(answer.text, without(theirIds, asked))).toEqual([]);
      }
    });
  });

  const lists = operations.filter(({ queryParameters }) => queryParameters.length > 0);
  describe.for(lists.map((operation) => [operation.name, operation] as const))('%s', ([, operation]) => {
    const ask = (query: string, tenant = ours): Promise<Answer> => {
      const sending = workingRequest(operation, tenant);
      const path = `${sending.path}?${query}`;
      return send(operation.id, as(tenant.people.owner.session.accessToken, { ...sending, path }));
    };

    test('tells nothing of it, whatever is asked for', async () => {
      for (const query of foreignQueries(operation, theirs)) {
        const answer = await ask(query);
        expect([200, 404, 422], query).toContain(answer.status);
        // A refusal repeats what was asked for.
        const shown = answer.status === 200 ? answer.text : '';
        expect(idsIn(shown, theirIds), query).toEqual([]);
      }
    });

    test('goes on from no cursor of theirs to anything of theirs', async () => {
      if (!operation.queryParameters.some(({ name }) => name === 'cursor')) return;
      const { nextCursor } = Object((await ask('limit=1', theirs)).body);
      const cursor = typeof nextCursor === 'string' ? nextCursor : 'none';
      const answer = await ask(`limit=200&cursor=${encodeURIComponent(cursor)}`);
      expect(answer.status).toBe(cursor === 'none' ? 400 : 200);
      expect(idsIn(answer.text, theirIds)).toEqual([]);
    });
  });

  test('is not told by an Idempotency-Key that they have used', async () => {
    const { key, body } = theirs.registration;
    const headers = { 'content-type': 'application/json', 'idempotency-key': key };
    const sending = { method: 'POST', path: '/v1/hosts', headers, body: JSON.stringify(body) };
    const answer = await wire.send(as(commuter, sending));
    // A second time our own answer is repeated, and never theirs.
    expect(answer.status === 201 || answer.status === 409).toBe(true);
    expect(idsIn(answer.text, theirIds)).toEqual([]);
    expect(answer.headers['location']).not.toBe(`/v1/hosts/${theirs.things.hostId}`);
  });

  test('is as it was before, to the byte', async () => {
    expect(await digestOf(database, theirs.id)).toEqual(before);
  });
};

describe('what belongs to another tenant', () => {
  whatIsTheirs(senders);

  test('is not a session to move to, nor a tenant to sign in to', async () => {
    const { cookie, session } = ours.people.viewer;
    const body = JSON.stringify({ tenantId: theirs.id });
    const headers = { 'content-type': 'application/json' };
    const refresh = { method: 'POST', path: '/v1/sessions/refresh', headers: { ...headers, cookie }, body };
    expect((await send('refreshSession', refresh)).status).toBe(404);
    const login = JSON.stringify({ email: session.user.email, password, tenantId: theirs.id });
    const answer = await send('createSession', { method: 'POST', path: '/v1/sessions', headers, body: login });
    expect(answer.status).toBe(401);
  });
});

describe('with the filter of the application switched off, what belongs to another tenant', () => {
  let filter: TenantFilter;
  beforeAll(() => {
    filter = switchTenantFilterOff();
  });
  afterAll(() => filter.switchOn());
  // What a role permits has nothing to do with it.
  whatIsTheirs(senders.filter(({ role }) => role === 'owner'));

  test('was looked for without it', () => {
    expect(filter.removed).toBeGreaterThan(200);
  });
});

describe('with row-level security switched off as well', () => {
  let open: TestApi;
  let filter: TenantFilter;
  let unprotected: ReturnType<typeof createDatabase>;
  beforeAll(async () => {
    // A superuser: no policy holds it.
    unprotected = createDatabase({ url: database.ownerUrl });
    open = await createTestApi({ ...database, appUrl: database.ownerUrl, database: unprotected });
    filter = switchTenantFilterOff();
  }, 30_000);
  afterAll(async () => {
    filter.switchOn();
    await open.close();
    await unprotected.close();
  });

  const reads = naming.filter(({ method }) => method === 'GET');
  test.for(reads.map((operation) => [operation.name, operation] as const))(
    '%s shows it: nothing else has hidden it',
    async ([, operation]) => {
      const loose = new Wire(open.url);
      const [request] = foreignRequests(operation, theirs, theirs);
      if (request === undefined) throw new Error('Every operation here names something');
      expect((await loose.send(as(ours.keys.admin, request.sending))).status).toBe(200);
      loose.close();
    },
  );
});

test('nothing of all this is an error in the log', () => {
  expect(api.logged.filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([]);
});

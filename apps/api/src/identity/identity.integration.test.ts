import { createHash } from 'node:crypto';
import { createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createTestApi } from '../testing/test-api.ts';
import type { TestApi } from '../testing/test-api.ts';
import { People, cookieOf, password } from './testing/people.ts';
import type { Person } from './testing/people.ts';

let database: TestDatabase;
let api: TestApi;
let people: People;
let owner: Person;
beforeAll(async () => {
  database = await createTestDatabase();
  api = await createTestApi(database);
  people = new People(api);
  owner = await people.founder();
}, 60_000);
afterAll(async () => {
  await api.close();
  await database.close();
});

const refresh = (cookie: string, body: object = {}) =>
  api.request.post('/v1/sessions/refresh').set('cookie', cookie).send(body);

describe('signing in', () => {
  test('answers with a session and a cookie that scripts, other sites and other routes never see', async () => {
    const answer = await api.request.post('/v1/sessions').send({ email: owner.session.user.email, password });
    expect(answer.status).toBe(201);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(String(answer.headers['set-cookie'])).toMatch(
      /^plimsoll-session=[\w-]{43}; Path=\/v1\/sessions; Expires=[^;]+; HttpOnly; SameSite=Strict$/,
    );
    expect(answer.body).not.toHaveProperty('refreshToken');
    expect(answer.body.user.email).toBe(owner.session.user.email);
  });

  test('with a wrong password is a 401 without a cookie', async () => {
    const answer = await api.request.post('/v1/sessions').send({ email: owner.session.user.email, password: 'wrong' });
    expect(answer.status).toBe(401);
    expect(answer.body.type).toBe('/problems/credentials-invalid');
    expect(cookieOf(answer)).toBe('');
  });

  test.for([
    ['no password', { email: 'ada@example.com' }, 'password'],
    ['no address', { password }, 'email'],
    ['an address that is none', { email: 'ada', password }, 'email'],
    ['a password of the wrong type', { email: 'ada@example.com', password: { $ne: '' } }, 'password'],
    ['a password that is too long', { email: 'ada@example.com', password: 'x'.repeat(257) }, 'password'],
    ['an unknown field', { email: 'ada@example.com', password, remember: true }, 'remember'],
    ['a tenant that is none', { email: 'ada@example.com', password, tenantId: 'x' }, 'tenantId'],
    ['control characters', { email: 'a\u0000da@example.com', password }, 'email'],
  ] as const)('with %s is refused by the name of the field', async ([, body, field]) => {
    const answer = await api.request.post('/v1/sessions').send(body);
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map((error: { field: string }) => error.field)).toContain(field);
  });

  test('too often says when to try again', async () => {
    const { session } = await people.founder();
    const attempt = (given: string) =>
      api.request.post('/v1/sessions').send({ email: session.user.email, password: given });
    for (let count = 0; count < 5; count += 1) await attempt('wrong').expect(401);
    const answer = await attempt(password);
    expect(answer.status).toBe(429);
    expect(answer.body).toMatchObject({ type: '/problems/login-throttled', retryAfterSeconds: 1 });
    expect(answer.headers['retry-after']).toBe('1');
    await database.asOwner('DELETE FROM login_throttles');
  });

  test('to an account that does not exist is logged and counted, without the address that was typed', async () => {
    const email = 'my-password-by-mistake@example.com';
    const answer = await api.request.post('/v1/sessions').send({ email, password: 'not-for-the-log' }).expect(401);
    expect(api.logged).toContainEqual(
      expect.objectContaining({
        msg: 'login refused',
        level: 'info',
        outcome: 'unknown-account',
        accountKnown: false,
        address: '127.0.0.1',
        requestId: answer.headers['x-request-id'],
      }),
    );
    expect(JSON.stringify(api.logged)).not.toMatch(/my-password-by-mistake|not-for-the-log/);
    expect(await api.core.metrics.registry.getSingleMetricAsString('plimsoll_logins_total')).toMatch(
      /outcome="unknown-account".* 1$/m,
    );
    await database.asOwner('DELETE FROM login_throttles');
  });

  test('to many accounts that do not exist slows their sender down', async () => {
    // Each account once: only the sender's address can have been counted.
    const answers = await Promise.all(
      Array.from({ length: 25 }, (_, count) =>
        api.request.post('/v1/sessions').send({ email: `nobody-${count}@example.com`, password }),
      ),
    );
    expect(answers.filter(({ body }) => body.type === '/problems/credentials-invalid').length).toBeGreaterThan(0);
    expect(answers.filter(({ body }) => body.type === '/problems/login-throttled').length).toBeGreaterThan(0);
    await database.asOwner('DELETE FROM login_throttles');
  });

  test('from another site is refused', async () => {
    const answer = await api.request
      .post('/v1/sessions')
      .set('origin', 'https://evil.example')
      .set('sec-fetch-site', 'cross-site')
      .send({ email: owner.session.user.email, password });
    expect(answer.status).toBe(403);
    expect(answer.body.type).toBe('/problems/cross-site-request');
  });
});

describe('renewing', () => {
  test('trades the cookie; traded twice it ends the session and is taken back', async () => {
    const person = await people.founder();
    const first = await refresh(person.cookie).expect(200);
    expect(cookieOf(first)).not.toBe(person.cookie);
    await refresh(cookieOf(first)).expect(200);
    // The grace of crossing requests is over when the database says that it was traded earlier.
    await database.asOwner(
      `UPDATE refresh_tokens SET rotated_at = rotated_at - interval '11 s' WHERE rotated_at IS NOT NULL`,
    );
    const reuse = await refresh(person.cookie);
    expect(reuse.status).toBe(401);
    expect(reuse.body.type).toBe('/problems/session-ended');
    expect(String(reuse.headers['set-cookie'])).toMatch(
      /^plimsoll-session=;.* Path=\/v1\/sessions; Expires=Thu, 01 Jan 1970/,
    );
    await people.as(first.body.accessToken)('get', '/v1/me').expect(401);
  });

  test('without a cookie is a 401', async () => {
    const answer = await api.request.post('/v1/sessions/refresh').send({});
    expect(answer.body.type).toBe('/problems/session-ended');
  });

  test('works beside an access token that is no good any more', async () => {
    const person = await people.founder();
    await refresh(person.cookie).set('authorization', 'Bearer expired').expect(200);
  });

  test('in another tenant moves there; in one that is not one’s own finds nothing', async () => {
    const [person, other] = [await people.founder(), await people.founder()];
    await refresh(person.cookie, { tenantId: other.session.tenant.id }).expect(404);
    const invitation = { email: person.session.user.email, role: 'auditor' };
    const { body } = await other.send('post', '/v1/invitations', invitation).expect(201);
    await person.send('post', '/v1/memberships', { code: body.code }).expect(201);
    const moved = await refresh(person.cookie, { tenantId: other.session.tenant.id }).expect(200);
    expect(moved.body).toMatchObject({ tenant: { id: other.session.tenant.id }, role: 'auditor' });
  });
});

describe('the installation', () => {
  test.for([
    ['on', true],
    ['off', false],
  ] as const)('says to anybody that sign-up is %s', async ([setting, signUp]) => {
    const other = await createTestApi(database, { environment: { PLIMSOLL_SIGN_UP: setting } });
    onTestFinished(() => other.close());
    expect((await other.request.get('/v1/installation').expect(200)).body).toEqual({ product: 'Plimsoll', signUp });
  });
});

describe('a password that somebody else has given out', () => {
  const initialPassword = 'what an admin has thought of';
  const newMember = async (): Promise<Person> => {
    const email = `${crypto.randomUUID()}@example.com`;
    await owner.send('post', '/v1/members', { email, role: 'admin', password: initialPassword }).expect(201);
    return people.login(email, initialPassword);
  };

  test('opens nothing but what leads to its change', async () => {
    const member = await newMember();
    expect(member.session.passwordChangeRequired).toBe(true);
    for (const [method, path] of [
      ['get', '/v1/hosts'],
      ['get', '/v1/roles'],
      ['post', '/v1/api-keys'],
    ] as const) {
      const refused = await member.send(method, path);
      expect(refused.status).toBe(403);
      expect(refused.body.type).toBe('/problems/password-change-required');
    }
    await member.send('get', '/v1/me').expect(200);
    const renewed = await refresh(member.cookie).expect(200);
    expect(renewed.body.passwordChangeRequired).toBe(true);
  });

  test('opens everything at once when it is changed, in the same session', async () => {
    const member = await newMember();
    await member.send('get', '/v1/hosts').expect(403);
    const change = { currentPassword: initialPassword, newPassword: password };
    await member.send('put', '/v1/me/password', { ...change, newPassword: initialPassword }).expect(422);
    await member.send('get', '/v1/hosts').expect(403);
    await member.send('put', '/v1/me/password', change).expect(204);
    await member.send('get', '/v1/hosts').expect(200);
    const renewed = await refresh(member.cookie).expect(200);
    expect(renewed.body.passwordChangeRequired).toBe(false);
  });

  test('is not what the founder of a tenant has', async () => {
    expect(owner.session.passwordChangeRequired).toBe(false);
  });
});

describe('signing out', () => {
  test('ends the session of the cookie and takes the cookie back', async () => {
    const person = await people.founder();
    const answer = await api.request.delete('/v1/sessions/current').set('cookie', person.cookie).expect(204);
    expect(String(answer.headers['set-cookie'])).toContain('Expires=Thu, 01 Jan 1970');
    await person.send('get', '/v1/me').expect(401);
    await refresh(person.cookie).expect(401);
  });

  test('ends the session of the access token where there is no cookie', async () => {
    const person = await people.founder();
    await person.send('delete', '/v1/sessions/current').expect(204);
    await person.send('get', '/v1/me').expect(401);
  });
});

describe('credentials', () => {
  test.for([
    ['none', undefined],
    ['another scheme', 'Basic YWRhOnBhc3N3b3Jk'],
    ['an empty token', 'Bearer '],
    ['nonsense', 'Bearer a.b.c'],
    ['a key that never was', `Bearer plim_00000000_${'0'.repeat(64)}`],
    ['a broken key', 'Bearer plim_x'],
  ] as const)('that are %s are a 401 with a challenge', async ([, authorization]) => {
    const request = api.request.get('/v1/me');
    const answer = await (authorization === undefined ? request : request.set('authorization', authorization));
    expect(answer.status).toBe(401);
    expect(answer.body.type).toBe('/problems/unauthenticated');
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
  });

  test('of a user and of a key say who they are', async () => {
    const me = await owner.send('get', '/v1/me').expect(200);
    expect(me.body).toMatchObject({ kind: 'user', id: owner.session.user.id, name: 'Ada', role: 'owner' });
    const key = await people.apiKey(owner, 'viewer');
    const itself = await key('get', '/v1/me').expect(200);
    expect(itself.body).toMatchObject({ kind: 'api-key', name: 'key', role: 'viewer', tenant: owner.session.tenant });
    expect(itself.body.permissions).not.toContain('audit:read');
  });

  test('of a removed member are good for nothing at once', async () => {
    const member = await people.member(owner, 'admin');
    await member.send('get', '/v1/me').expect(200);
    await owner.send('delete', `/v1/members/${member.session.user.id}`).expect(204);
    await member.send('get', '/v1/me').expect(401);
  });
});

describe('the password', () => {
  test('is changed by its user and ends the other sessions', async () => {
    const person = await people.founder();
    const other = await people.login(person.session.user.email);
    const change = { currentPassword: password, newPassword: 'a better horse battery' };
    await person.send('put', '/v1/me/password', change).expect(204);
    await other.send('get', '/v1/me').expect(401);
    await person.send('get', '/v1/me').expect(200);
  });

  test('is not an API key’s to change', async () => {
    const key = await people.apiKey(owner, 'admin');
    const answer = await key('put', '/v1/me/password', {
      currentPassword: password,
      newPassword: 'a better horse battery',
    });
    expect(answer.status).toBe(403);
    const { body } = await owner.send('get', '/v1/audit-events?action=password.changed&outcome=refused').expect(200);
    expect(body.items).toMatchObject([{ actor: { kind: 'api-key' } }]);
  });

  test('that is too short is refused by the name of the field', async () => {
    const answer = await owner.send('put', '/v1/me/password', { currentPassword: password, newPassword: 'short' });
    expect(answer.status).toBe(422);
    expect(answer.body.errors[0].field).toBe('newPassword');
  });
});

describe('members', () => {
  test('are changed with the ETag that was read, and not with an older one', async () => {
    const member = await people.member(owner, 'viewer');
    const path = `/v1/members/${member.session.user.id}`;
    const read = await owner.send('get', path).expect(200);
    const etag = String(read.headers['etag']);
    await owner.send('patch', path, { role: 'operator' }).expect(428);
    const changed = await owner.send('patch', path, { role: 'operator' }).set('if-match', etag).expect(200);
    expect(changed.body).toMatchObject({ role: 'operator', version: 2 });
    const stale = await owner.send('patch', path, { role: 'auditor' }).set('if-match', etag);
    expect(stale.status).toBe(412);
    expect(stale.body.currentETag).toBe('"2"');
  });

  test('are added once however often the request with its key is sent', async () => {
    const body = { email: 'idempotent@example.com', role: 'viewer' };
    const add = () => owner.send('post', '/v1/members', body).set('idempotency-key', 'add-member-0001');
    const first = await add().expect(201);
    expect(first.body.initialPassword).toMatch(/^[b-z2-9-]{24}$/);
    const second = await add();
    expect(second.status).toBe(201);
    expect(second.body.id).toBe(first.body.id);
    const page = await owner.send('get', '/v1/members?search=idempotent').expect(200);
    expect(page.body.items).toHaveLength(1);
  });

  test('leave no hash behind by which the password they were given could be guessed', async () => {
    const body = { email: 'guessed@example.com', role: 'viewer', password };
    const key = 'add-member-0002';
    await owner.send('post', '/v1/members', body).set('idempotency-key', key).expect(201);
    const rows = await database.asOwner<{ request_hash: Buffer }>(
      'SELECT request_hash FROM idempotency_keys WHERE key = $1',
      [key],
    );
    expect(rows).toHaveLength(1);
    const [stored] = rows;
    const scope = `${owner.session.tenant.id}/${owner.session.user.id}/${key}\n`;
    for (const prefix of ['', scope]) {
      const text = `${prefix}POST\n/v1/members\n${JSON.stringify(body)}`;
      expect(stored?.request_hash.equals(createHash('sha256').update(text).digest())).toBe(false);
    }
    const other = { ...body, password: `${password}!` };
    const reused = await owner.send('post', '/v1/members', other).set('idempotency-key', key).expect(422);
    expect(reused.body.type).toBe('/problems/idempotency-key-reused');
  });

  test('keep their last owner', async () => {
    const path = `/v1/members/${owner.session.user.id}`;
    const removed = await owner.send('delete', path);
    expect(removed.status).toBe(409);
    expect(removed.body.type).toBe('/problems/last-owner');
    await owner.send('patch', path, { role: 'viewer' }).set('if-match', '*').expect(409);
  });
});

test('the tenant is renamed with the ETag that was read', async () => {
  const person = await people.founder();
  const read = await person.send('get', '/v1/tenant').expect(200);
  const renamed = await person
    .send('patch', '/v1/tenant', { name: 'Renamed' })
    .set('if-match', String(read.headers['etag']))
    .expect(200);
  expect(renamed.body).toMatchObject({ name: 'Renamed', version: 2 });
});

test('roles are listed with what they permit', async () => {
  const { body } = await owner.send('get', '/v1/roles').expect(200);
  expect(body.items.map((item: { role: string }) => item.role)).toEqual([
    'owner',
    'admin',
    'operator',
    'viewer',
    'auditor',
  ]);
  expect(body.items[3].permissions[0]).toEqual({ name: 'tenant:read', description: expect.any(String) });
});

describe('behind TLS', () => {
  let secure: TestApi;
  beforeAll(async () => {
    secure = await createTestApi(database, { environment: { PLIMSOLL_PUBLIC_URL: 'https://plimsoll.example' } });
  });
  afterAll(() => secure.close());

  test('the cookie is Secure and carries a prefix that says so', async () => {
    const answer = await secure.request
      .post('/v1/sessions')
      .send({ email: owner.session.user.email, password })
      .expect(201);
    expect(String(answer.headers['set-cookie'])).toMatch(/^__Secure-plimsoll-session=.*; Secure/);
  });
});

test('sign-up that the operator has closed is refused', async () => {
  const closed = await createTestApi(database, { environment: { PLIMSOLL_SIGN_UP: 'off' } });
  const form = { tenantName: 'Acme', name: 'Ada', email: 'closed@example.com', password };
  const answer = await closed.request.post('/v1/sign-up').send(form);
  await closed.close();
  expect(answer.status).toBe(403);
  expect(answer.body.type).toBe('/problems/sign-up-closed');
});

import type { Session } from '@plimsoll/contracts';
import { newId } from '@plimsoll/persistence';
import { createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApi } from '../testing/test-api.ts';
import type { TestApi } from '../testing/test-api.ts';
import { password } from './testing/people.ts';

let database: TestDatabase;
let api: TestApi;
beforeAll(async () => {
  database = await createTestDatabase();
  api = await createTestApi(database, { environment: { PLIMSOLL_ANONYMOUS_RATE_LIMIT_PER_MINUTE: '60' } });
}, 60_000);
afterAll(async () => {
  await api.close();
  await database.close();
});

test('somebody who sends bad credentials is limited like somebody who sends none, and fills no audit log', async () => {
  const form = { tenantName: 'Acme', name: 'Ada', email: `${newId()}@example.com`, password };
  const { body: session }: { body: Session } = await api.request.post('/v1/sign-up').send(form).expect(201);
  const send = (method: 'get' | 'post', path: string, token = session.accessToken) =>
    api.request[method](path).set('authorization', `Bearer ${token}`);
  const { body: created } = await send('post', '/v1/api-keys').send({ name: 'k', role: 'viewer' }).expect(201);
  const key: string = created.key;
  const wrong = `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`;

  const statuses: number[] = [];
  for (let sent = 0; sent < 61; sent += 1) {
    const token = sent % 2 === 0 ? wrong : `made-up-${sent}`;
    statuses.push((await send('get', '/v1/me', token)).status);
  }
  expect(new Set(statuses.slice(0, 50))).toEqual(new Set([401]));
  const last = await send('get', '/v1/me', 'made-up');
  expect([statuses.at(-1), last.status]).toEqual([429, 429]);
  expect(last.headers['retry-after']).toMatch(/^\d+$/u);

  // The same address goes on with what is right.
  const { body } = await send('get', `/v1/audit-events?subjectId=${created.id}&outcome=refused`).expect(200);
  expect(body.items).toHaveLength(1);
  expect(body.items[0]).toMatchObject({ action: 'request.authenticated', details: { reason: 'wrong-secret' } });
});

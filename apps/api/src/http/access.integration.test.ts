import { Controller, Get, Module, Param, Post } from '@nestjs/common';
import { Uuid } from '@plimsoll/contracts';
import { newId } from '@plimsoll/persistence';
import { createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FixtureFeature, Harbour } from '../testing/fixture.feature.ts';
import { createTestApi } from '../testing/test-api.ts';
import type { TestApi } from '../testing/test-api.ts';
import { Endpoint } from './endpoint.decorator.ts';

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

const as = (role: string) => `Bearer ${role} ${newId()} ${newId()}`;

test('nobody in particular gets 401 and is told how to sign in', async () => {
  const answer = await api.request.get('/v1/boats');
  expect(answer).toMatchObject({ status: 401, body: { type: '/problems/unauthenticated' } });
  expect(answer.headers['www-authenticate']).toBe('Bearer');
});

test('a role without the permission is refused by its name, and the attempt is recorded', async () => {
  Harbour.refusals.length = 0;
  const answer = await api.request.post('/v1/boats?x=1').set('authorization', as('viewer')).send({ name: 'a' });
  expect(answer).toMatchObject({
    status: 403,
    body: { type: '/problems/permission-missing', permission: 'hosts:manage' },
  });
  expect(Harbour.refusals).toMatchObject([
    {
      permission: 'hosts:manage',
      operationId: 'createBoat',
      method: 'POST',
      path: '/v1/boats',
      actor: { role: 'viewer' },
    },
  ]);
});

test('a role with the permission passes, and so does whoever is signed in where that is enough', async () => {
  expect(await api.request.get('/v1/boats').set('authorization', as('viewer'))).toMatchObject({ status: 200 });
  const answer = await api.request.get('/v1/boats/whoami').set('authorization', as('viewer'));
  expect(answer.body).toEqual({ name: 'Ada' });
});

test('what is refused is refused before the input is looked at', async () => {
  expect(await api.request.post('/v1/boats').send({ nonsense: true })).toMatchObject({ status: 401 });
  const answer = await api.request.post('/v1/boats').set('authorization', as('viewer')).send({ nonsense: true });
  expect(answer).toMatchObject({ status: 403 });
});

const endpoint = { operationId: 'x', summary: 'x', permission: 'public' } as const;

@Controller('v1/no-permission')
class NoPermission {
  @Get() get(): void {}
}
@Controller('v1/no-schema/:id')
class NoSchema {
  @Get() @Endpoint(endpoint) get(@Param('id') _id: string): void {}
}
@Controller('v1/no-parameter/:id')
class NoParameter {
  @Get() @Endpoint(endpoint) get(): void {}
}
@Controller('v1/twice')
class Twice {
  @Get('a') @Endpoint(endpoint) getA(): void {}
  @Get('b') @Endpoint(endpoint) getB(): void {}
}
@Controller('v1/idempotent')
class PublicIdempotent {
  @Post() @Endpoint({ ...endpoint, idempotent: true }) post(): void {}
}
@Controller('v1/wrong/:id')
class WrongParameter {
  @Get() @Endpoint(endpoint) get(@Param('other', { schema: Uuid }) _id: string): void {}
}

test.for([
  ['no declared permission', NoPermission, 'NoPermission.get declares no permission'],
  ['a parameter without a schema', NoSchema, 'NoSchema.get has a path parameter without a schema'],
  ['a path parameter that it ignores', NoParameter, 'does not declare its path parameter "id"'],
  ['a path parameter of another name', WrongParameter, 'does not declare its path parameter "id"'],
  ['the operation id of another', Twice, 'Two routes are called x'],
  ['idempotency keys of nobody', PublicIdempotent, 'idempotency keys belong to POSTs of a known actor'],
] as const)('a route with %s stops the start-up', async ([, controller, message]) => {
  @Module({ controllers: [controller], imports: [FixtureFeature] })
  class Careless {}
  const starting = createTestApi(database, { features: [FixtureFeature, Careless] });
  await expect(starting).rejects.toThrow(message);
});

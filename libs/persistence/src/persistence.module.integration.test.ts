import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase, Database } from './database.ts';
import { PersistenceModule } from './persistence.module.ts';
import { createTestDatabase } from './testing/index.ts';
import type { TestDatabase } from './testing/index.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

test('every module is given the database, and it is closed with the application', async () => {
  const database = createDatabase({ url: db.appUrl });
  @Module({ imports: [PersistenceModule.register(database)] })
  class Application {}
  const application = await NestFactory.createApplicationContext(Application, { logger: false });
  expect(application.get(Database, { strict: false })).toBe(database);
  await database.ping();
  await application.close();
  await expect(database.ping()).rejects.toThrow(/Cannot use a pool after calling end/);
});

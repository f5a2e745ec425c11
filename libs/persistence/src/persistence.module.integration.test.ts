import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase, Database } from './database.ts';
import { PersistenceModule } from './persistence.module.ts';
import { createTestDatabase } from './testing/index.ts';
import type { TestDatabase } from './testing/index.ts';

@Injectable()
class Feature {
  constructor(readonly database: Database) {}
}

@Module({ providers: [Feature] })
class FeatureModule {}

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

test('every module is given the database, and it is closed with the application', async () => {
  const database = createDatabase({ url: db.appUrl });
  @Module({ imports: [PersistenceModule.register(database), FeatureModule] })
  class Application {}
  const application = await NestFactory.createApplicationContext(Application, { logger: false });
  const feature = application.get(Feature, { strict: false });
  expect(feature.database).toBe(database);
  await feature.database.ping();
  await application.close();
  await expect(database.ping()).rejects.toThrow(/Cannot use a pool after calling end/);
});

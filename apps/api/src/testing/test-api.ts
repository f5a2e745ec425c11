import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { loadConfig } from '@plimsoll/config';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { Queues } from '@plimsoll/queue';
import { Metrics, createLogger } from '@plimsoll/telemetry';
import { MasterKeyring, Vault, generateMasterKey, generateSigningKey } from '@plimsoll/vault';
import supertest from 'supertest';
import type { Core } from '@plimsoll/core';
import { createApi } from '../create-api.ts';

export interface TestApi {
  /** Supertest on the API, which listens on a free port of its own. */
  readonly request: ReturnType<typeof supertest>;
  /** E.g. `http://127.0.0.1:41234`. */
  readonly url: string;
  readonly core: Core;
  /** What was logged, as parsed lines. */
  readonly logged: Record<string, unknown>[];
  close(): Promise<void>;
}

export interface TestApiOptions {
  /** Instead of all features. */
  readonly features?: readonly Type[];
  /** More environment variables. Rate limits are out of the way unless given here. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly consoleDirectory?: string;
  readonly checksWholeResponses?: boolean;
}

/** The whole API on a test database, as `main.ts` would start it. Close it before the database. */
export const createTestApi = async (database: TestDatabase, options: TestApiOptions = {}): Promise<TestApi> => {
  const config = loadConfig({
    PLIMSOLL_APP_DATABASE_URL: database.appUrl,
    PLIMSOLL_TOKEN_SIGNING_KEY: generateSigningKey(),
    PLIMSOLL_RATE_LIMIT_PER_MINUTE: '1000000',
    PLIMSOLL_ANONYMOUS_RATE_LIMIT_PER_MINUTE: '1000000',
    ...options.environment,
  });
  const logged: Record<string, unknown>[] = [];
  const logger = createLogger(
    { level: 'debug', service: 'api' },
    { write: (line: string) => void logged.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const queues = await Queues.open({
    databaseUrl: database.appUrl,
    onError: (error) => logger.warn({ err: error }, 'queue connection failed'),
  });
  const core: Core = {
    config,
    logger,
    metrics: new Metrics('api'),
    database: database.database,
    queues,
    vault: new Vault(MasterKeyring.parse(generateMasterKey())),
  };
  const { features, consoleDirectory } = options;
  const api = await createApi(core, {
    checksWholeResponses: options.checksWholeResponses ?? true,
    ...(features === undefined ? {} : { features }),
    ...(consoleDirectory === undefined ? {} : { consoleDirectory }),
  });
  await api.listen({ host: '127.0.0.1', port: 0 });
  const url = await api.getUrl();
  return {
    request: supertest(url),
    url,
    core,
    logged,
    close: async () => {
      await api.close();
      await queues.close();
    },
  };
};

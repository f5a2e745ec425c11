import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type pg from 'pg';
import { createConnectionPool } from '../connection-pool.ts';
import { SchemaEngine, __wbg_set_wasm as setWasm } from '@prisma/schema-engine-wasm/schema_engine_bg';

/** The part of the global that is used here: its types come only with those of browsers. */
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: Record<string, object>,
  ): Promise<{ readonly instance: { readonly exports: Readonly<Record<string, unknown>> } }>;
};

let loading: Promise<void> | undefined;

/**
 * Works with Prisma's own migration engine, which comes from the registry package: nothing is downloaded, so it works
 * behind an air gap. Its connections are closed when the work is done.
 */
export async function withSchemaEngine<T>(ownerUrl: string, work: (engine: SchemaEngine) => Promise<T>): Promise<T> {
  loading ??= loadWasm();
  await loading;
  const factory = new WholeScriptAdapterFactory(ownerUrl);
  try {
    return await work(
      await SchemaEngine.new({ datamodels: undefined }, ignoreLog, bindMigrationAwareSqlAdapterFactory(factory)),
    );
  } finally {
    await factory.close();
  }
}

function ignoreLog(): void {}

async function loadWasm(): Promise<void> {
  const glue = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const gluePath = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const wasmPath = gluePath.replace(/\.js$/, '.wasm');
  const imports = { './schema_engine_bg.js': withQuietTimers(glue) };
  const { instance } = await WebAssembly.instantiate(await readFile(wasmPath), imports);
  setWasm(instance.exports);
  const start = instance.exports['__wbindgen_start'];
  if (typeof start === 'function') start();
}

/** The engine forgets a timer of 10 s for its lock, which would keep every process that has migrated alive as long. */
function withQuietTimers(glue: object): object {
  const timers = Object.keys(glue).filter((name) => name.startsWith('__wbg_setTimeout_'));
  const quiet = (callback: () => void, delayMs: number): NodeJS.Timeout => setTimeout(callback, delayMs).unref();
  return { ...glue, ...Object.fromEntries(timers.map((name) => [name, quiet])) };
}

/**
 * `PrismaPg.executeScript` splits a script at every semicolon, which tears functions apart. PostgreSQL takes a whole
 * script in one simple query, and runs it as one transaction: a migration is applied fully or not at all.
 */
class WholeScriptAdapterFactory implements SqlMigrationAwareDriverAdapterFactory {
  readonly provider = 'postgres';
  readonly adapterName = '@prisma/adapter-pg';
  private readonly inner: PrismaPg;
  private readonly pool: pg.Pool;

  constructor(ownerUrl: string) {
    this.pool = createConnectionPool({ connectionString: ownerUrl, max: 2 });
    this.inner = new PrismaPg(this.pool);
  }

  async connect(): Promise<SqlDriverAdapter> {
    return sendWholeScripts(await this.inner.connect());
  }

  async connectToShadowDb(): Promise<SqlDriverAdapter> {
    return sendWholeScripts(await this.inner.connectToShadowDb());
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}

function sendWholeScripts(adapter: Awaited<ReturnType<PrismaPg['connect']>>): SqlDriverAdapter {
  adapter.executeScript = async (script) => {
    await adapter.underlyingDriver().query(script);
  };
  return adapter;
}

import { access, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { MigrationList } from '@prisma/schema-engine-wasm/schema_engine_bg';

/** The folder `prisma/` of this repository or of the built package, found by walking up from this file. */
export async function findPrismaDir(from: string = import.meta.dirname): Promise<string> {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'prisma');
    const found = await access(join(candidate, 'migrations')).then(
      () => true,
      () => false,
    );
    if (found) return candidate;
    if (folder === dirname(folder)) throw new Error(`No prisma/migrations above ${from}`);
  }
}

/** The migrations in the order of their names, as the schema engine takes them. */
export async function readMigrations(prismaDir: string): Promise<MigrationList> {
  const baseDir = join(prismaDir, 'migrations');
  const entries = await readdir(baseDir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const migrationDirectories = await Promise.all(
    names.toSorted().map(async (name) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok' as const, value: await readFile(join(baseDir, name, 'migration.sql'), 'utf8') },
      },
    })),
  );
  const lockfile = {
    path: 'migration_lock.toml',
    content: await readFile(join(baseDir, 'migration_lock.toml'), 'utf8'),
  };
  return { baseDir, lockfile, shadowDbInitScript: '', migrationDirectories };
}

/** The schema files, sorted, as the schema engine takes them. */
export async function readSchemaFiles(prismaDir: string): Promise<{ path: string; content: string }[]> {
  const names = (await readdir(prismaDir)).filter((name) => name.endsWith('.prisma')).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const path = join(prismaDir, name);
      return { path, content: await readFile(path, 'utf8') };
    }),
  );
}

// Generates the Prisma client where it is missing or older than the schema: `node scripts/generate-prisma-client.mjs`.
// It is not kept in the repository. Needs no engine: Prisma's command would download one that nothing here uses.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const output = join(root, 'libs/persistence/src/generated');
const stampFile = join(output, 'schema.sha256');

const stamp = fingerprint();
if (existsSync(join(output, 'client.ts')) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) {
  process.exit(0);
}

const result = spawnSync(process.execPath, [join(root, 'node_modules/prisma/build/index.js'), 'generate'], {
  cwd: root,
  encoding: 'utf8',
  env: {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true',
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  },
});
if (result.status !== 0) {
  process.stderr.write(`The Prisma client could not be generated.\n${result.stdout}${result.stderr}`);
  process.exit(1);
}
mkdirSync(output, { recursive: true });
writeFileSync(stampFile, stamp);

/** Changes when the schema or Prisma does. */
function fingerprint() {
  const hash = createHash('sha256');
  const schema = readdirSync(join(root, 'prisma'))
    .filter((name) => name.endsWith('.prisma'))
    .toSorted();
  const files = [...schema.map((name) => join(root, 'prisma', name)), join(root, 'node_modules/prisma/package.json')];
  for (const file of files) hash.update(file.slice(root.length)).update(readFileSync(file));
  return hash.digest('hex');
}

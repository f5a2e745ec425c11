import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the built command line, with API and worker where it looks for them. */
    commandLine: string;
  }
}

/** Vitest's global set-up: bundles API, command line and worker as they are shipped, into a folder of this run's own. */
export default async function buildApps(project: TestProject): Promise<() => Promise<void>> {
  // Below the workspace, so that npm packages and migrations are found from there.
  const folder = join(root, '.test', `apps-${process.pid}`);
  const distOf = (app: string): string => join(folder, 'apps', app, 'dist');
  for (const app of ['api', 'cli', 'worker'])
    await run(process.execPath, [join(root, 'scripts/build-node-app.ts'), app, distOf(app)]);
  project.provide('commandLine', join(distOf('cli'), 'main.js'));
  return () => rm(folder, { recursive: true, force: true });
}

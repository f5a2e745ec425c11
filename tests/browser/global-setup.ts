import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { chromiumArguments, findChromium } from './chromium.ts';
import { type Product, startProduct } from './product.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Absent where no Chromium can be had: the tests are skipped then. */
    browserRun: { product: Product; browserEndpoint: string } | undefined;
  }
}

const root = join(import.meta.dirname, '../..');

/** Quick when nothing has changed: what is tested is always what is in the tree. */
const buildApps = (): void => {
  const nx = join(root, 'node_modules/nx/dist/bin/nx.js');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [nx, 'run-many', '-t', 'build', '--output-style=static'],
    { cwd: root, env: { ...process.env, NX_DAEMON: 'false' }, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`The apps could not be built:\n${stdout}\n${stderr}`);
};

/** Vitest's global set-up: one product and one browser for the run. */
export default async function startBrowserRun(project: TestProject): Promise<() => Promise<void>> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    console.warn('SKIPPED, no Chromium: npm test installs the package `chromium` as root on Debian');
    project.provide('browserRun', undefined);
    return async () => {};
  }
  buildApps();
  const { product, stop } = await startProduct();
  try {
    const browser = await chromium.launchServer({ executablePath, args: chromiumArguments });
    project.provide('browserRun', { product, browserEndpoint: browser.wsEndpoint() });
    return async () => {
      await browser.close();
      await stop();
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

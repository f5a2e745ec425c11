import { type BrowserContext, chromium } from 'playwright-core';
import { describe, inject, test as base } from 'vitest';
import { reportPolicyViolations } from './in-page.ts';
import type { Product } from './product.ts';

/** `describe` where Chromium can be had, else a skip that says why in its title. */
export const describeInBrowser = (name: string, body: () => void): void => {
  const isMissing = inject('browserRun') === undefined;
  describe.skipIf(isMissing)(`${name}${isMissing ? ' (skipped: no Chromium)' : ''}`, () => {
    body();
  });
};

const givenRun = (): { product: Product; browserEndpoint: string } => {
  const given = inject('browserRun');
  if (given === undefined) throw new Error('No browser: use describeInBrowser');
  return given;
};

/** What a page complained about: errors of scripts, on the console, against the content security policy. */
export class Complaints {
  readonly #texts: string[] = [];
  readonly #expected: RegExp[] = [];

  add(text: string): void {
    this.#texts.push(text);
  }

  /** Browsers write a line on the console for every answer of 400 and more: a test that provokes one says so. */
  expect(pattern: RegExp): void {
    this.#expected.push(pattern);
  }

  assertNone(): void {
    const unexpected = this.#texts.filter((text) => !this.#expected.some((pattern) => pattern.test(text)));
    if (unexpected.length > 0) throw new Error(`A page complained:\n${unexpected.join('\n')}`);
  }
}

const listenTo = async (context: BrowserContext, complaints: Complaints): Promise<void> => {
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.add(`${message.type()}: ${message.text()}`);
  });
  context.on('weberror', (error) => complaints.add(`script: ${error.error().message}`));
  await context.addInitScript({ content: reportPolicyViolations });
};

const actionTimeoutMs = 10_000;

/** A fresh browser profile for each test, and a failure when its pages complained about anything. */
export const test = base
  .extend('run', { scope: 'file' }, () => givenRun())
  .extend('product', { scope: 'file' }, ({ run }) => run.product)
  .extend('browser', { scope: 'file' }, async ({ run }, { onCleanup }) => {
    const browser = await chromium.connect(run.browserEndpoint);
    onCleanup(() => browser.close());
    return browser;
  })
  .extend('complaints', () => new Complaints())
  .extend('context', async ({ browser, product, complaints }, { onCleanup }) => {
    const context = await browser.newContext({
      baseURL: product.baseUrl,
      viewport: { width: 1280, height: 900 },
      reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(actionTimeoutMs);
    await listenTo(context, complaints);
    onCleanup(async () => {
      await context.close();
      complaints.assertNone();
    });
    return context;
  })
  .extend('page', ({ context }) => context.newPage());

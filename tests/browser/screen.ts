import type { Locator, Page } from 'playwright-core';

/** Resolves once it can be seen; the test fails when it can not within the context's time limit. */
export const seen = (locator: Locator): Promise<void> => locator.first().waitFor({ state: 'visible' });
export const gone = (locator: Locator): Promise<void> => locator.first().waitFor({ state: 'hidden' });

export const heading = (page: Page, name: string | RegExp): Locator => page.getByRole('heading', { level: 1, name });
export const button = (page: Page, name: string | RegExp): Locator =>
  page.getByRole('button', { name, exact: typeof name === 'string' });
export const dialog = (page: Page): Locator => page.getByRole('dialog');
/** What is said at the top right for a moment. */
export const notice = (page: Page, text: string | RegExp): Locator => page.getByRole('alert').filter({ hasText: text });

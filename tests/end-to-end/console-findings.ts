import { type Locator, type Page, chromium } from 'playwright-core';
import { chromiumArguments, findChromium } from '../browser/chromium.ts';

/** What a row of the console's findings says. */
export interface FindingRow {
  readonly check: string;
  readonly subject: { readonly kind: string; readonly name: string };
  readonly severity: string;
}

export interface ConsoleVisit {
  readonly url: string;
  readonly owner: { readonly email: string; readonly password: string };
  readonly hostId: string;
}

const actionTimeoutMs = 20_000;

/** Signs in to the console in a real browser, opens the findings of one host, loads every page and reads every row. */
export const readFindingsInConsole = async ({ url, owner, hostId }: ConsoleVisit): Promise<FindingRow[]> => {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('There is no Chromium');
  const browser = await chromium.launch({ executablePath, args: chromiumArguments });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
    page.setDefaultTimeout(actionTimeoutMs);
    await page.goto(`${url}/findings?hostId=${hostId}`);
    await page.getByLabel('Email').fill(owner.email);
    await page.getByLabel(/^Password/u).fill(owner.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    const rows = page.locator('#main h2 > button[aria-expanded]');
    await rows.first().waitFor();
    await loadAllPages(page, rows);
    const read: FindingRow[] = [];
    for (const row of await rows.all()) read.push(await readRow(page, row));
    return read;
  } finally {
    await browser.close();
  }
};

const loadAllPages = async (page: Page, rows: Locator): Promise<void> => {
  const more = page.getByRole('button', { name: 'Show more' });
  while ((await more.count()) > 0) {
    const shown = await rows.count();
    await more.click();
    await rows.nth(shown).waitFor();
  }
};

/** The severity and the thing are in the row itself, the check is named when it is opened. */
const readRow = async (page: Page, row: Locator): Promise<FindingRow> => {
  // The name of the severity as a text of its own, wherever it stands in the row.
  const severity =
    (await row
      .getByText(/^(?:critical|high|medium|low|info)$/u)
      .first()
      .textContent()) ?? '';
  const name = (await row.locator('b').textContent()) ?? '';
  const thing = (await row.locator('p:has(b)').textContent()) ?? '';
  await row.click();
  const panel = page.locator(`[id="${(await row.getAttribute('aria-controls')) ?? ''}"]`);
  const rule = (await panel.getByRole('link').first().getAttribute('href')) ?? '';
  return {
    check: new URLSearchParams(rule.split('?')[1]).get('check') ?? 'none',
    subject: { kind: thing.slice(0, thing.indexOf(' ')), name },
    severity,
  };
};

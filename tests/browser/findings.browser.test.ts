import { startSimulatedHost } from '@plimsoll/engine-simulator';
import { expect, onTestFinished } from 'vitest';
import { describeInBrowser, test } from './browser-test.ts';
import { Organization, signInQuietly } from './organization.ts';
import type { Product } from './product.ts';
import { button, gone, heading, seen } from './screen.ts';

const foundWithScannedHosts = async (product: Product, names: string[]): Promise<Organization> => {
  const simulated = await startSimulatedHost();
  onTestFinished(() => simulated.close());
  const organization = await Organization.found(product);
  for (const name of names) await organization.scan(await organization.host(simulated, name));
  return organization;
};

describeInBrowser('findings and checks', () => {
  test('filters live in the URL, survive a reload and can be taken away', async ({ page, context, product }) => {
    const organization = await foundWithScannedHosts(product, ['build-7', 'build-8']);
    await signInQuietly(context, organization.owner);
    await page.goto('/findings');
    await seen(page.getByRole('button', { name: /container debug-shell on build-8/ }));

    await page.getByRole('combobox', { name: 'Severity' }).click();
    await page.getByRole('option', { name: 'critical' }).click();
    await page.keyboard.press('Escape');
    await page.getByLabel('Search').fill('portainer');
    await page.waitForURL(/search=portainer/);
    expect(page.url()).toContain('severity=critical');
    await seen(page.getByRole('button', { name: /ops-portainer-1 on build-7/ }));
    await gone(page.getByRole('button', { name: /debug-shell/ }));

    await page.reload();
    await seen(page.getByRole('button', { name: /ops-portainer-1 on build-7/ }));
    expect(await page.getByLabel('Search').inputValue()).toBe('portainer');
    expect(await page.getByRole('button', { name: /debug-shell/ }).count()).toBe(0);

    await page.getByRole('link', { name: 'Findings' }).click();
    await seen(page.getByRole('button', { name: /debug-shell on build-8/ }));
    expect(await page.getByLabel('Search').inputValue()).toBe('');
  });

  test('the overview leads to the findings of a check, and that filter can be taken away', async ({
    page,
    context,
    product,
  }) => {
    const organization = await foundWithScannedHosts(product, ['build-7']);
    await signInQuietly(context, organization.owner);
    await page.goto('/');
    await seen(page.getByLabel(/^Score \d+ of 100$/));
    await page.getByRole('link', { name: 'Containers can not reach the socket of the engine' }).click();
    await seen(heading(page, 'Findings'));
    await seen(page.getByRole('button', { name: /docker\.sock/ }));
    const filter = button(page, 'Check: container-docker-socket, remove this filter');
    await filter.click();
    await gone(filter);
    await seen(page.getByRole('button', { name: /debug-shell/ }));
  });

  test('more than a page of findings is loaded on demand', async ({ page, context, product }) => {
    const organization = await foundWithScannedHosts(product, ['build-7']);
    await signInQuietly(context, organization.owner);
    await page.goto('/findings');
    const items = page.getByRole('button', { name: / on build-7/ });
    await seen(items);
    const first = await items.count();
    await button(page, 'Show more').click();
    await seen(items.nth(first));
    expect(await items.count()).toBeGreaterThan(first);
  });

  test('nothing that matches is said, not shown as an error', async ({ page, context, product }) => {
    const organization = await Organization.found(product);
    await signInQuietly(context, organization.owner);
    await page.goto('/findings?search=nowhere');
    await seen(page.getByRole('heading', { name: 'No findings' }));
    await page.goto('/hosts?search=nowhere');
    await seen(page.getByText('No host matches'));
    await page.goto('/checks?search=nowhere');
    await seen(page.getByText('No check matches'));
  });

  test('a filter that the server does not know is told in its words', async ({
    page,
    context,
    product,
    complaints,
  }) => {
    complaints.expect(/status of 422/);
    const organization = await Organization.found(product);
    await signInQuietly(context, organization.owner);
    await page.goto('/findings?severity=dreadful');
    await seen(page.getByRole('alert'));
    await seen(button(page, 'Try again'));
  });

  test('a check is found by its CIS number and read in full', async ({ page, context, product }) => {
    const organization = await Organization.found(product);
    await signInQuietly(context, organization.owner);
    await page.goto('/checks');
    await page.getByLabel('Search').fill('5.32');
    const check = page.getByRole('button', { name: /CIS 5\.32/ });
    await check.click();
    await seen(page.getByRole('heading', { name: 'How it is decided' }));
    await seen(page.getByRole('heading', { name: 'Sources' }));
    await page.waitForURL(/search=5\.32/);
    expect(page.url()).toContain('check=');
    await page.reload();
    await seen(page.getByRole('heading', { name: 'How it is decided' }));
  });
});

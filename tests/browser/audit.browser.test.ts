import { expect } from 'vitest';
import { describeInBrowser, test } from './browser-test.ts';
import { Organization, signInQuietly } from './organization.ts';
import { button, gone, notice, seen } from './screen.ts';

describeInBrowser('the audit log', () => {
  test('every change and every bad sign-in is there, can be filtered, and verified', async ({
    page,
    context,
    product,
  }) => {
    const organization = await Organization.found(product);
    await organization.member('viewer', 'Vera');
    await fetch(`${product.baseUrl}/v1/sessions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ ...organization.owner, password: 'not the password' }),
    });
    await signInQuietly(context, organization.owner);
    await page.goto('/audit');
    await seen(page.getByRole('row', { name: /member\.added/ }));
    await seen(page.getByRole('row', { name: /session\.\w+.*failure/ }));

    await page.getByRole('combobox', { name: 'Outcome' }).click();
    await page.getByRole('option', { name: 'failure' }).click();
    await gone(page.getByRole('row', { name: /member\.added/ }));
    await seen(page.getByRole('row', { name: /failure/ }));
    await page.reload();
    await seen(page.getByRole('row', { name: /failure/ }));
    expect(await page.getByRole('row', { name: /member\.added/ }).count()).toBe(0);

    await button(page, 'Verify the chain').click();
    await seen(notice(page, /^All \d+ events are in order and unchanged\.$/));
  });
});

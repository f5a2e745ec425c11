import { expect } from 'vitest';
import { describeInBrowser, test } from './browser-test.ts';
import { Organization, newEmail, password, signInQuietly } from './organization.ts';
import { button, gone, heading, notice, seen } from './screen.ts';

describeInBrowser('signing up, in and out', () => {
  test('a new organization begins with empty lists that say what to do', async ({ page }) => {
    await page.goto('/sign-up');
    await page.getByLabel('Organization').fill('Harbour Ltd');
    await page.getByLabel('Your name').fill('Hanna');
    await page.getByLabel('Email').fill(newEmail('hanna'));
    await page.getByLabel(/^Password/).fill(password);
    await button(page, 'Sign up').click();

    await seen(heading(page, 'Overview'));
    await seen(page.getByText('No hosts yet'));
    await seen(page.getByRole('link', { name: 'Register a host' }));
    await page.getByRole('link', { name: 'Findings' }).click();
    await seen(page.getByRole('heading', { name: 'No findings' }));
    await page.getByRole('link', { name: 'API keys' }).click();
    await seen(page.getByText('No API keys yet'));
    await page.getByRole('link', { name: 'Webhooks' }).click();
    await seen(page.getByText('No endpoints yet'));
    await page.getByRole('link', { name: 'Hosts' }).click();
    await seen(page.getByText('No hosts yet'));
    expect(await page.title()).toBe('Hosts · Plimsoll');
  });

  test('where sign-up is switched off, the way to an account is told and no form is offered', async ({ page }) => {
    await page.route('**/v1/installation', (route) => route.fulfill({ json: { product: 'Plimsoll', signUp: false } }));
    await page.goto('/sign-in');
    await seen(page.getByText('Ask an owner or admin of your organization'));
    await gone(page.getByRole('link', { name: 'Sign up' }));
    await page.goto('/sign-up');
    await seen(page.getByText('Sign-up is switched off here'));
    await gone(page.getByLabel('Organization'));
  });

  test('a refused sign-up says why', async ({ page, product, complaints }) => {
    complaints.expect(/status of 409/);
    const { owner } = await Organization.found(product);
    await page.goto('/sign-up');
    await page.getByLabel('Organization').fill('Harbour Ltd');
    await page.getByLabel('Your name').fill('Hanna');
    await page.getByLabel('Email').fill(owner.email);
    await page.getByLabel(/^Password/).fill(password);
    await button(page, 'Sign up').click();
    await seen(page.getByRole('alert').filter({ hasText: /already/ }));
  });

  test('a wrong password says so, and the right one leads back to the page that was wanted', async ({
    page,
    product,
    complaints,
  }) => {
    complaints.expect(/status of 401/);
    const { owner } = await Organization.found(product);
    await page.goto('/hosts?search=build');
    await seen(heading(page, 'Sign in'));
    await page.getByLabel('Email').fill(owner.email);
    await page.getByLabel(/^Password/).fill('not the password');
    await button(page, 'Sign in').click();
    await seen(page.getByRole('alert'));

    await page.getByLabel(/^Password/).fill(owner.password);
    await button(page, 'Sign in').click();
    await seen(heading(page, 'Hosts'));
    expect(new URL(page.url()).search).toBe('?search=build');
  });

  test('a way back to another site is not followed', async ({ page, product }) => {
    const { owner } = await Organization.found(product);
    await page.goto('/sign-in?return=//evil.example/');
    await page.getByLabel('Email').fill(owner.email);
    await page.getByLabel(/^Password/).fill(owner.password);
    await button(page, 'Sign in').click();
    await seen(heading(page, 'Overview'));
    expect(page.url()).toBe(`${product.baseUrl}/`);
  });

  test('a reload and a second tab take the session up, and signing out ends it for both', async ({
    page,
    context,
    product,
    complaints,
  }) => {
    const { owner } = await Organization.found(product);
    await signInQuietly(context, owner);
    await page.goto('/members');
    await seen(heading(page, 'Members'));
    await page.reload();
    await seen(heading(page, 'Members'));
    const second = await context.newPage();
    await second.goto('/hosts');
    await seen(heading(second, 'Hosts'));

    await button(page, /Acme/).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await seen(heading(page, 'Sign in'));
    expect(page.url()).toBe(`${product.baseUrl}/sign-in`);
    // The other tab's access token has ended with its session: the next thing it asks for says so.
    complaints.expect(/status of 401/);
    await second.getByRole('link', { name: 'Members' }).click();
    await seen(heading(second, 'Sign in'));
  });

  test('switching to another organization shows its things alone', async ({ page, context, product }) => {
    const harbour = await Organization.found(product, 'Harbour');
    const shipyard = await Organization.found(product, 'Shipyard');
    await shipyard.invite('auditor', harbour);
    await harbour.call('POST', '/v1/api-keys', { name: 'key of the harbour', role: 'viewer', expiresInDays: 1 });
    await signInQuietly(context, harbour.owner);
    await page.goto('/api-keys');
    await seen(page.getByText('key of the harbour'));

    await button(page, /Harbour/).click();
    await page.getByRole('menuitem', { name: /^Shipyard/ }).click();
    await seen(heading(page, 'Overview'));
    await seen(button(page, /Shipyard/));
    await page.getByRole('link', { name: 'Members' }).click();
    await seen(page.getByText(shipyard.owner.email));
    await gone(page.getByText('key of the harbour'));
    await gone(button(page, 'Add member'));
  });

  test('a server that does not answer signs nobody out', async ({ page, context, product, complaints }) => {
    const { owner } = await Organization.found(product);
    await signInQuietly(context, owner);
    complaints.expect(/ERR_FAILED/);
    await page.route('**/v1/sessions/refresh', (route) => route.abort());
    await page.goto('/hosts');
    await seen(page.getByText('The server did not answer'));
    await page.unroute('**/v1/sessions/refresh');
    await button(page, 'Try again').click();
    await seen(heading(page, 'Hosts'));
  });

  test('a new password is asked for with the old one', async ({ page, context, product, complaints }) => {
    complaints.expect(/status of 4\d\d/);
    const { owner } = await Organization.found(product);
    await signInQuietly(context, owner);
    await page.goto('/account');
    await page.getByLabel(/^Current password/).fill('not the password');
    await page.getByLabel(/^New password/).fill('another long password');
    await button(page, 'Change password').click();
    await seen(page.getByRole('alert'));
    await page.getByLabel(/^Current password/).fill(owner.password);
    await button(page, 'Change password').click();
    await seen(notice(page, 'Your password is changed'));
  });
});

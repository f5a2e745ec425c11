import { startSimulatedHost } from '@plimsoll/engine-simulator';
import { expect, onTestFinished } from 'vitest';
import { describeInBrowser, test } from './browser-test.ts';
import { Organization, newEmail, password, signInQuietly } from './organization.ts';
import { button, dialog, gone, heading, notice, seen } from './screen.ts';

describeInBrowser('who may do what', () => {
  test('a member is added with a password shown once, changed and removed', async ({
    page,
    context,
    browser,
    product,
  }) => {
    const organization = await Organization.found(product);
    const email = newEmail('vera');
    await signInQuietly(context, organization.owner);
    await page.goto('/members');
    await button(page, 'Add member').click();
    await dialog(page).getByLabel('Email').fill(email);
    await dialog(page).getByLabel('Name').fill('Vera');
    await button(page, 'Add').click();
    await seen(dialog(page).getByText('will not be shown again'));
    const initialPassword = (await dialog(page).locator('pre').textContent()) ?? '';
    await button(page, 'Done').click();
    await seen(page.getByRole('row', { name: /Vera/ }));
    expect(await page.content()).not.toContain(initialPassword);

    const hers = await browser.newContext({ baseURL: product.baseUrl });
    onTestFinished(() => hers.close());
    const herPage = await hers.newPage();
    await herPage.goto('/findings');
    await herPage.getByLabel('Email').fill(email);
    await herPage.getByLabel(/^Password/).fill(initialPassword);
    await button(herPage, 'Sign in').click();
    await seen(heading(herPage, 'Choose your password'));
    await herPage.goto('/hosts');
    await seen(heading(herPage, 'Choose your password'));
    await herPage.getByLabel(/^Password that you were given/).fill(initialPassword);
    await herPage.getByLabel(/^New password/).fill(password);
    await button(herPage, 'Change password').click();
    await seen(heading(herPage, 'Hosts'));

    await page.getByRole('combobox', { name: 'Role of Vera' }).click();
    await page.getByRole('option', { name: 'operator' }).click();
    await seen(notice(page, 'Vera is operator now.'));

    await button(page, 'Remove Vera').click();
    await dialog(page).getByRole('button', { name: 'Remove' }).click();
    await gone(page.getByRole('row', { name: /Vera/ }));
  });

  test('somebody with an account is invited, joins with the code, and is a member from then on', async ({
    page,
    context,
    browser,
    product,
    complaints,
  }) => {
    complaints.expect(/status of 409/);
    const [organization, other] = [await Organization.found(product, 'Shipyard'), await Organization.found(product)];
    await signInQuietly(context, organization.owner);
    await page.goto('/members');
    await button(page, 'Add member').click();
    await dialog(page).getByLabel('Email').fill(other.owner.email);
    await button(page, 'Add').click();
    await seen(dialog(page).getByText('This person has an account'));
    await dialog(page).getByRole('button', { name: 'Invite' }).click();
    await seen(dialog(page).getByText('will not be shown again'));
    const code = (await dialog(page).locator('pre').textContent()) ?? '';
    await button(page, 'Done').click();
    await seen(page.getByText(other.owner.email));
    await gone(page.getByRole('row', { name: new RegExp(other.owner.email) }));

    const theirs = await browser.newContext({ baseURL: product.baseUrl });
    onTestFinished(() => theirs.close());
    await signInQuietly(theirs, other.owner);
    const theirPage = await theirs.newPage();
    await theirPage.goto('/account');
    await theirPage.getByLabel('Invitation code').fill(code);
    await button(theirPage, 'Join').click();
    await seen(button(theirPage, /Shipyard/));

    await page.reload();
    await seen(page.getByRole('row', { name: new RegExp(other.owner.email) }));
    await gone(button(page, `Withdraw the invitation of ${other.owner.email}`));
  });

  test('the last owner can not be lost, and the server says why', async ({ page, context, product, complaints }) => {
    complaints.expect(/status of 409/);
    const organization = await Organization.found(product);
    await signInQuietly(context, organization.owner);
    await page.goto('/members');
    await button(page, 'Remove Olga').click();
    await dialog(page).getByRole('button', { name: 'Remove' }).click();
    await seen(notice(page, /owner/i));
    await seen(page.getByRole('row', { name: /Olga \(you\)/ }));
  });

  test('what each role may do is told as a table', async ({ page, context, product }) => {
    const organization = await Organization.found(product);
    await signInQuietly(context, organization.owner);
    await page.goto('/members');
    await button(page, 'What each role may do').click();
    await seen(dialog(page).getByRole('columnheader', { name: 'auditor' }));
    await seen(dialog(page).getByRole('row', { name: /audit:read/ }));
  });

  test('an API key is shown once, works, and opens nothing once revoked', async ({ page, context, product }) => {
    const organization = await Organization.found(product);
    await signInQuietly(context, organization.owner);
    await page.goto('/api-keys');
    await button(page, 'Create API key').first().click();
    await dialog(page).getByLabel('Name').fill('pipeline');
    await button(page, 'Create').click();
    await seen(dialog(page).getByText('will not be shown again'));
    const key = (await dialog(page).locator('pre').textContent()) ?? '';
    const statusWith = async (): Promise<number> =>
      (await fetch(`${product.baseUrl}/v1/hosts`, { headers: { Authorization: `Bearer ${key}` } })).status;
    expect(await statusWith()).toBe(200);
    await button(page, 'Done').click();
    const row = page.getByRole('row', { name: /pipeline/ });
    await seen(row.getByText('active'));
    await page.reload();
    await seen(row);
    expect(await page.content()).not.toContain(key);

    await button(page, 'Revoke pipeline').click();
    await dialog(page).getByRole('button', { name: 'Revoke' }).click();
    await seen(row.getByText('revoked'));
    expect(await statusWith()).toBe(401);
    await gone(button(page, 'Revoke pipeline'));
  });

  test('a viewer sees what there is and is offered nothing to change', async ({ page, context, product }) => {
    const simulated = await startSimulatedHost();
    onTestFinished(() => simulated.close());
    const organization = await Organization.found(product);
    const host = await organization.host(simulated, 'build-7');
    await organization.scan(host);
    await signInQuietly(context, await organization.member('viewer', 'Vera'));

    await page.goto('/hosts');
    await seen(page.getByRole('row', { name: /build-7/ }));
    expect(await page.getByRole('link', { name: 'Register host' }).count()).toBe(0);
    expect(await page.getByRole('link', { name: /^(Members|API keys|Audit log|Webhooks)$/ }).allTextContents()).toEqual(
      [],
    );
    await page.goto(`/hosts/${host.id}`);
    await seen(heading(page, 'build-7'));
    await seen(page.getByRole('button', { name: /docker\.sock/ }));
    expect(await button(page, 'Scan now').count()).toBe(0);
    expect(await button(page, 'More actions').count()).toBe(0);
  });

  test('a page that a role may not read says so', async ({ page, context, product, complaints }) => {
    complaints.expect(/status of 403/);
    const organization = await Organization.found(product);
    await signInQuietly(context, await organization.member('viewer', 'Vera'));
    await page.goto('/audit');
    await seen(page.getByText('Ask an owner or admin of this tenant'));
  });
});

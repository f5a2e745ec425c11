import { startSimulatedHost } from '@plimsoll/engine-simulator';
import type { Locator, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { describeInBrowser, test } from './browser-test.ts';
import { Organization, signInQuietly } from './organization.ts';
import { button, dialog, gone, heading, seen } from './screen.ts';

const mostTabs = 60;

const isFocused = (locator: Locator): Promise<boolean> =>
  locator.evaluate((element) => element === element.ownerDocument.activeElement);

const untilFocused = (page: Page, locator: Locator): Promise<void> =>
  locator.and(page.locator(':focus')).waitFor({ state: 'attached' });

/** Tabs until it has the focus, as somebody without a mouse does. */
const tabTo = async (page: Page, locator: Locator): Promise<void> => {
  for (let tabs = 0; tabs < mostTabs; tabs += 1) {
    if (await isFocused(locator)) return;
    await page.keyboard.press('Tab');
  }
  expect.unreachable(`${String(locator)} was not reached in ${mostTabs} tabs`);
};

/** Width of the ring that shows where the focus is: outline, or for fields the border that changes. */
const hasVisibleFocus = (page: Page): Promise<boolean> =>
  page.locator(':focus').evaluate((element) => {
    const style = element.ownerDocument.defaultView?.getComputedStyle(element);
    return style !== undefined && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  });

describeInBrowser('without a mouse', () => {
  test('signing in and starting a scan need Tab and Enter only, and the focus can be seen', async ({
    page,
    product,
  }) => {
    const simulated = await startSimulatedHost();
    onTestFinished(() => simulated.close());
    const organization = await Organization.found(product);
    await organization.host(simulated, 'build-7');
    await page.goto('/sign-in');
    await seen(heading(page, 'Sign in'));
    expect(await isFocused(page.getByLabel('Email'))).toBe(true);
    await page.keyboard.type(organization.owner.email);
    await page.keyboard.press('Tab');
    await page.keyboard.type(organization.owner.password);
    await page.keyboard.press('Enter');
    await seen(heading(page, 'Overview'));

    await tabTo(page, page.getByRole('link', { name: 'Hosts', exact: true }));
    expect(await hasVisibleFocus(page)).toBe(true);
    await page.keyboard.press('Enter');
    await seen(heading(page, 'Hosts'));
    await tabTo(page, page.getByRole('link', { name: 'build-7' }));
    expect(await hasVisibleFocus(page)).toBe(true);
    await page.keyboard.press('Enter');
    await seen(heading(page, 'build-7'));
    await tabTo(page, button(page, 'Scan now'));
    expect(await hasVisibleFocus(page)).toBe(true);
    await page.keyboard.press('Enter');
    await seen(page.getByRole('button', { name: /docker\.sock of the host is mounted/ }));
  });

  test('the first Tab offers to skip to the content', async ({ page, context, product }) => {
    const { owner } = await Organization.found(product);
    await signInQuietly(context, owner);
    await page.goto('/hosts');
    await seen(heading(page, 'Hosts'));
    await page.keyboard.press('Tab');
    const skip = page.getByRole('link', { name: 'Skip to content' });
    expect(await isFocused(skip)).toBe(true);
    const box = await skip.boundingBox();
    expect(box?.x).toBeGreaterThanOrEqual(0);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await isFocused(page.getByRole('link', { name: 'Register host' }).first())).toBe(true);
  });

  test('a new page takes the focus into its content', async ({ page, context, product }) => {
    const { owner } = await Organization.found(product);
    await signInQuietly(context, owner);
    await page.goto('/');
    await seen(heading(page, 'Overview'));
    await page.getByRole('link', { name: 'Members' }).press('Enter');
    await seen(heading(page, 'Members'));
    await untilFocused(page, page.locator('#main'));
    await page.keyboard.press('Tab');
    expect(await isFocused(button(page, 'What each role may do'))).toBe(true);
  });

  test('a dialog keeps the focus inside, closes with Escape and gives the focus back', async ({
    page,
    context,
    product,
  }) => {
    const { owner } = await Organization.found(product);
    await signInQuietly(context, owner);
    await page.goto('/members');
    const open = button(page, 'Add member');
    await open.press('Enter');
    await seen(dialog(page));
    await untilFocused(page, dialog(page).getByLabel('Email'));
    for (let tabs = 0; tabs < 12; tabs += 1) {
      await page.keyboard.press('Tab');
      expect(await dialog(page).locator(':focus').count()).toBe(1);
    }
    await page.keyboard.press('Escape');
    await gone(dialog(page));
    await untilFocused(page, open);
  });

  test('a dialog that a menu has opened gives the focus back to the button of the menu', async ({
    page,
    context,
    product,
  }) => {
    const simulated = await startSimulatedHost();
    onTestFinished(() => simulated.close());
    const organization = await Organization.found(product);
    const host = await organization.host(simulated, 'build-7');
    await signInQuietly(context, organization.owner);
    await page.goto(`/hosts/${host.id}`);
    const menu = button(page, 'More actions');
    await menu.press('Enter');
    await page.getByRole('menuitem', { name: 'Delete' }).press('Enter');
    await seen(dialog(page));
    await page.keyboard.press('Escape');
    await untilFocused(page, menu);
  });

  test('menus open with Enter, move with arrows and give the focus back', async ({ page, context, product }) => {
    const { owner } = await Organization.found(product);
    await signInQuietly(context, owner);
    await page.goto('/');
    const menu = button(page, /Acme/);
    await menu.press('Enter');
    await seen(page.getByRole('menuitem', { name: 'Account' }));
    await untilFocused(page, page.getByRole('menuitem', { name: 'Account' }));
    await page.keyboard.press('ArrowDown');
    expect(await isFocused(page.getByRole('menuitem', { name: 'Sign out' }))).toBe(true);
    await page.keyboard.press('Escape');
    await untilFocused(page, menu);
  });

  test('a finding opens and closes by keyboard', async ({ page, context, product }) => {
    const simulated = await startSimulatedHost();
    onTestFinished(() => simulated.close());
    const organization = await Organization.found(product);
    const host = await organization.host(simulated, 'build-7');
    await organization.scan(host);
    await signInQuietly(context, organization.owner);
    await page.goto(`/hosts/${host.id}`);
    const finding = page.getByRole('button', { name: /docker\.sock of the host is mounted.*ops-proxy-1/ });
    await finding.press('Enter');
    await seen(page.getByRole('heading', { name: 'How to fix it' }));
    await finding.press(' ');
    await gone(page.getByRole('heading', { name: 'How to fix it' }));
  });

  test('a password can be shown by keyboard', async ({ page }) => {
    await page.goto('/sign-in');
    await page.getByLabel(/^Password/).fill('secret');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.getByLabel(/^Password/).getAttribute('type')).toBe('text');
  });
});

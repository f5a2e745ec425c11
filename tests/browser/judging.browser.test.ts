import type { Answer, CheckParameters, Host, HostCompliance } from '@plimsoll/contracts';
import { startSimulatedHost } from '@plimsoll/engine-simulator';
import { expect, onTestFinished } from 'vitest';
import type { z } from 'zod';
import { describeInBrowser, test } from './browser-test.ts';
import { Organization, signInQuietly } from './organization.ts';
import { button, dialog, gone, notice, seen } from './screen.ts';
import type { Product } from './product.ts';

type HostDocument = z.output<typeof Host>;

const scannedHost = async (product: Product): Promise<{ organization: Organization; host: HostDocument }> => {
  const simulated = await startSimulatedHost();
  onTestFinished(() => simulated.close());
  const organization = await Organization.found(product);
  const host = await organization.host(simulated, 'build-7');
  await organization.scan(host);
  return { organization, host };
};

describeInBrowser('judging', () => {
  test('compliance follows the version that is chosen, and one click reads what is missing', async ({
    page,
    context,
    product,
  }) => {
    const { organization, host } = await scannedHost(product);
    await signInQuietly(context, organization.owner);
    await page.goto(`/hosts/${host.id}?tab=compliance&view=cis-1.6.0`);
    await seen(page.getByText('following CIS Docker Benchmark 1.6.0'));
    const told = await organization.call<HostCompliance>('GET', `/v1/hosts/${host.id}/compliance?benchmark=cis-1.6.0`);
    const runtime = told.sections.find(({ id }) => id === '5');
    const section = page.locator('h2 > button').filter({ hasText: '5 Container runtime' });
    expect(await section.textContent()).toContain(`${runtime?.counts.percent} %`);

    await section.click();
    const privileged = page.locator('h3 > button').filter({ hasText: /^does not hold5\.5 / });
    await privileged.click();
    await seen(page.locator('h4 > button').filter({ hasText: 'runner-1' }));
    await seen(page.getByText('How it is decided'));

    await button(page, 'Read host files').first().click();
    await seen(dialog(page).getByText('never started'));
    await button(page, 'Switch on and scan').click();
    await seen(notice(page, 'Switched on'));
    await expect
      .poll(() => organization.call<HostDocument>('GET', `/v1/hosts/${host.id}`), { timeout: 20_000 })
      .toMatchObject({ inspectHostFiles: true });
    await gone(page.getByText(/wait for files of the host/));
  });

  test('a question is answered by a person, kept with its author, and open again once withdrawn', async ({
    page,
    context,
    product,
  }) => {
    const { organization, host } = await scannedHost(product);
    await signInQuietly(context, organization.owner);
    await page.goto(`/hosts/${host.id}?tab=questions`);
    const card = page.getByRole('region', { name: /docker exec with --privileged/ });
    await card.getByRole('button', { name: 'Answer', exact: true }).click();
    await dialog(page).getByLabel('Why').fill('Only two people may, and the log is read weekly');
    await dialog(page).getByRole('button', { name: 'Answer', exact: true }).click();
    await gone(dialog(page));
    await seen(card.getByText('Only two people may, and the log is read weekly'));
    const path = `/v1/hosts/${host.id}/questions/exec-privileged/answers`;
    const { items } = await organization.call<{ items: Answer[] }>('GET', path);
    expect(items).toEqual([expect.objectContaining({ outcome: 'pass', state: 'valid' })]);

    await card.getByRole('button', { name: 'Withdraw' }).click();
    await dialog(page).getByRole('button', { name: 'Withdraw' }).click();
    await seen(card.getByText('waits for an answer'));
    await card.getByRole('button', { name: 'Earlier answers' }).click();
    await seen(card.getByText(`was withdrawn by ${organization.owner.email}`));
  });

  test('a check is adjusted on its page, and a wrong value is told beside its field', async ({
    page,
    context,
    product,
  }) => {
    const organization = await Organization.found(product);
    await signInQuietly(context, organization.owner);
    await page.goto('/checks?check=container-capabilities');
    await page.getByLabel('Require drop net raw').check({ force: true });
    await button(page, 'Save').click();
    await seen(notice(page, 'All hosts are judged again'));
    const path = '/v1/checks/container-capabilities/parameters';
    expect(await organization.call<CheckParameters>('GET', path)).toMatchObject({
      values: { requireDropNetRaw: true },
      updatedBy: organization.owner.email,
    });
    await button(page, 'Back to the defaults').click();
    await expect.poll(() => organization.call<CheckParameters>('GET', path)).toMatchObject({ values: {} });
  });

  test('the endpoint is shown as a stranger meets it, and the engine with its parts', async ({
    page,
    context,
    product,
  }) => {
    const { organization, host } = await scannedHost(product);
    await signInQuietly(context, organization.owner);
    await page.goto(`/hosts/${host.id}?tab=facts`);
    await seen(page.getByRole('row', { name: /Over TLS, with no certificate is refused/ }));
    await seen(page.getByRole('row', { name: /^TLSv1\.3 accepted/ }));
    await seen(page.getByRole('row', { name: /^containerd / }));
  });
});

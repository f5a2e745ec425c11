import { startSimulatedHost } from '@plimsoll/engine-simulator';
import { once } from 'node:events';
import { type IncomingHttpHeaders, createServer } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { expect, onTestFinished, vi } from 'vitest';
import { describeInBrowser, test } from './browser-test.ts';
import { Organization, signInQuietly } from './organization.ts';
import { button, dialog, heading, notice, seen } from './screen.ts';

interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

/** The other side of a webhook, on loopback. */
const startReceiver = async (status = 200): Promise<{ url: string; received: Received[] }> => {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(status).end('<b>thank you</b>');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the receiver has no port');
  return { url: `http://127.0.0.1:${address.port}/hook`, received };
};

const headersOf = ({ headers }: Received): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

describeInBrowser('webhooks', () => {
  test('an endpoint is added, tested, told of a scan, and every delivery can be read and sent again', async ({
    page,
    context,
    product,
  }) => {
    const { url, received } = await startReceiver();
    const simulated = await startSimulatedHost();
    onTestFinished(() => simulated.close());
    const organization = await Organization.found(product);
    await signInQuietly(context, organization.owner);
    await page.goto('/webhooks');
    await button(page, 'Add endpoint').first().click();
    await dialog(page).getByLabel('URL').fill(url);
    await dialog(page).getByLabel('A scan completed').check();
    await button(page, 'Add').click();
    const secret = (await dialog(page).locator('pre').textContent()) ?? '';
    expect(secret).toMatch(/^whsec_/);
    await button(page, 'Done').click();
    await page.getByRole('link', { name: url }).click();
    await seen(heading(page, url));
    await seen(page.getByText('Nothing was sent yet'));

    await button(page, 'Send test').click();
    await seen(notice(page, 'A test event is on its way.'));
    const ping = page.getByRole('button', { name: /delivered.*webhook\.ping.*1 attempt/ });
    await ping.click();
    await seen(page.getByText('HTTP 200'));
    await seen(page.getByText('<b>thank you</b>'));
    await seen(page.getByRole('region', { name: 'Payload' }));
    const [first] = received;
    if (first === undefined) throw new Error('nothing was received');
    expect(new Webhook(secret).verify(first.body, headersOf(first))).toMatchObject({ type: 'webhook.ping' });

    await button(page, 'Send again').click();
    await vi.waitFor(() => expect(received).toHaveLength(2), { timeout: 10_000 });
    await organization.scan(await organization.host(simulated, 'build-7'));
    await page.reload();
    await seen(page.getByRole('button', { name: /finding\.opened/ }));
    await seen(page.getByRole('button', { name: /scan\.completed/ }));
  });

  test('an endpoint is changed, switched off and deleted', async ({ page, context, product }) => {
    const { url } = await startReceiver();
    const organization = await Organization.found(product);
    await signInQuietly(context, organization.owner);
    await page.goto('/webhooks');
    await button(page, 'Add endpoint').first().click();
    await dialog(page).getByLabel('URL').fill(url);
    await button(page, 'Add').click();
    await button(page, 'Done').click();
    await page.getByRole('link', { name: url }).click();

    await button(page, 'Change').click();
    await dialog(page).getByLabel('Description').fill('For the night shift');
    await dialog(page).getByRole('switch', { name: 'Switched on' }).click();
    await button(page, 'Save').click();
    await seen(page.getByText('For the night shift'));
    await seen(page.getByText('Nothing is sent to this endpoint'));

    await button(page, 'Delete').click();
    await dialog(page).getByRole('button', { name: 'Delete' }).click();
    await seen(page.getByText('No endpoints yet'));
  });

  test('a refused delivery shows what came back and that it is tried again', async ({ page, context, product }) => {
    const { url } = await startReceiver(500);
    const organization = await Organization.found(product);
    await signInQuietly(context, organization.owner);
    await page.goto('/webhooks');
    await button(page, 'Add endpoint').first().click();
    await dialog(page).getByLabel('URL').fill(url);
    await button(page, 'Add').click();
    await button(page, 'Done').click();
    await page.getByRole('link', { name: url }).click();
    await button(page, 'Send test').click();
    await page.getByRole('button', { name: /pending.*webhook\.ping.*1 attempt/ }).click();
    await seen(page.getByText('HTTP 500'));
    await seen(page.getByText(/^Next attempt/));
  });

  test('an address of the platform itself is refused with the field and the setting', async ({
    page,
    context,
    product,
    complaints,
  }) => {
    complaints.expect(/status of 4\d\d/);
    const organization = await Organization.found(product);
    await signInQuietly(context, organization.owner);
    await page.goto('/webhooks');
    await button(page, 'Add endpoint').first().click();
    await dialog(page).getByLabel('URL').fill('http://169.254.169.254/latest/meta-data');
    await button(page, 'Add').click();
    await seen(dialog(page).getByRole('alert'));
    expect(await dialog(page).getByLabel('URL').getAttribute('aria-invalid')).toBe('true');
  });
});

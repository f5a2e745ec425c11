import {
  EngineRecording,
  type SimulatedHost,
  makeAuthority,
  sampleHostRecording,
  startSimulatedHost,
} from '@plimsoll/engine-simulator';
import type { Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { describeInBrowser, test } from './browser-test.ts';
import { dataTransferOf, readClipboard } from './in-page.ts';
import { Organization, signInQuietly } from './organization.ts';
import { button, dialog, gone, heading, notice, seen } from './screen.ts';

type PemFile = { name: string; text: string };

const startHost = async (options?: Parameters<typeof startSimulatedHost>[0]): Promise<SimulatedHost> => {
  const host = await startSimulatedHost(options);
  onTestFinished(() => host.close());
  return host;
};

const pemFiles = ({ tls }: SimulatedHost): PemFile[] => [
  { name: 'ca.pem', text: tls.ca },
  { name: 'cert.pem', text: tls.certificate },
  { name: 'key.pem', text: tls.key },
];

/** As a person does who drags files from a folder onto the page. */
const drop = async (page: Page, files: PemFile[]): Promise<void> => {
  const dataTransfer = await page.evaluateHandle(dataTransferOf(files));
  await page.getByText('Drop ca.pem').dispatchEvent('drop', { dataTransfer });
};

describeInBrowser('hosts', () => {
  test('registering: dropped files, a test that names the wrong authority, then a scan that is watched', async ({
    page,
    context,
    product,
  }) => {
    const host = await startHost();
    const stranger = await makeAuthority('Somebody else');
    const { owner } = await Organization.found(product);
    await signInQuietly(context, owner);
    await page.goto('/');
    await page.getByRole('link', { name: 'Register a host' }).click();
    await page.getByLabel('Name').fill('build-7');
    await page.getByLabel('Address').fill(host.url);
    await page.getByRole('combobox', { name: 'Labels' }).fill('team=payments');
    await page.keyboard.press('Enter');

    await drop(page, [...pemFiles(host).slice(1), { name: 'ca.pem', text: stranger.certificate }]);
    await button(page, 'Test the connection').click();
    await seen(page.getByRole('alert').filter({ hasText: /authority/i }));
    await gone(page.getByText('The connection works'));

    await page.locator('input[type=file]').setInputFiles({
      name: 'ca.pem',
      mimeType: 'application/x-pem-file',
      buffer: Buffer.from(host.tls.ca),
    });
    await button(page, 'Test the connection').click();
    await seen(page.getByText(/Docker 20\.10/));

    await button(page, 'Save and scan').click();
    await seen(heading(page, 'build-7'));
    await seen(page.getByText('team=payments'));
    await seen(page.getByText('simulated', { exact: true }));
    await seen(page.getByText('Last scan'));
    await seen(page.getByText(/\/run\/docker\.sock of the host is mounted/));
    expect(await page.getByLabel(/^Score \d+ of 100$/).count()).toBe(1);
  });

  test('a file that is no PEM is refused with its name, and bad material with the field and the reason', async ({
    page,
    context,
    product,
    complaints,
  }) => {
    complaints.expect(/status of 422/);
    const [host, other] = [await startHost(), await startHost()];
    const { owner } = await Organization.found(product);
    await signInQuietly(context, owner);
    await page.goto('/hosts/new');
    await page.getByLabel('Name').fill('build-7');
    await page.getByLabel('Address').fill(host.url);
    await drop(page, [{ name: 'notes.txt', text: 'nothing' }]);
    await seen(page.getByText('Not a PEM certificate or key: notes.txt'));

    await drop(page, [...pemFiles(host).slice(0, 2), { name: 'key.pem', text: other.tls.key }]);
    await gone(page.getByText('Not a PEM certificate'));
    await button(page, 'Save and scan').click();
    const key = page.getByLabel('Client key (key.pem)');
    await seen(page.getByRole('alert'));
    expect(await key.getAttribute('aria-invalid')).toBe('true');
    expect(page.url()).toContain('/hosts/new');
  });

  test('a finding shows why, its evidence and a remediation to copy', async ({ page, context, product }) => {
    const organization = await Organization.found(product);
    const host = await organization.host(await startHost(), 'build-7');
    await organization.scan(host);
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await signInQuietly(context, organization.owner);
    await page.goto(`/hosts/${host.id}`);
    const finding = page.getByRole('button', { name: /docker\.sock of the host is mounted.*ops-proxy-1/ });
    await finding.click();
    expect(await finding.getAttribute('aria-expanded')).toBe('true');
    await seen(page.getByRole('heading', { name: 'How to fix it' }));
    await seen(page.getByRole('heading', { name: 'Evidence' }));
    await button(page, 'Copy: Remediation').first().click();
    const copied = String(await page.evaluate(readClipboard));
    expect(copied.length).toBeGreaterThan(20);
    await seen(page.getByText(copied.split('\n')[0] ?? ''));

    await page.getByRole('link', { name: /can not reach the socket/ }).click();
    await seen(page.getByRole('heading', { name: 'How it is decided' }));
    expect(new URL(page.url()).searchParams.get('check')).toBe('container-docker-socket');
  });

  test('the tabs of a host live in the URL', async ({ page, context, product }) => {
    const organization = await Organization.found(product);
    const host = await organization.host(await startHost(), 'build-7');
    await organization.scan(host);
    await signInQuietly(context, organization.owner);
    await page.goto(`/hosts/${host.id}`);
    await page.getByText('By theme').click();
    await seen(page.getByRole('heading', { level: 2, name: /^Kernel privileges \(\d+\)$/ }));
    await page.getByRole('tab', { name: 'Containers' }).click();
    await seen(page.getByRole('row', { name: /ops-portainer-1.*running.*portainer/ }));
    await page.reload();
    await seen(page.getByRole('row', { name: /ops-portainer-1/ }));
    await page.getByRole('tab', { name: 'Images' }).click();
    await seen(page.getByRole('row', { name: /postgres:13.*MB/ }));
    await page.getByRole('tab', { name: 'Scans' }).click();
    await seen(page.getByRole('row', { name: /succeeded/ }));
    expect(new URL(page.url()).searchParams.get('tab')).toBe('scans');
  });

  test('a running scan is shown live and can be cancelled', async ({ page, context, product }) => {
    const slow = await startHost({
      faults: { requests: [{ path: /^\/containers\/[^/]+\/json/, fault: { kind: 'hang' } }] },
    });
    const organization = await Organization.found(product);
    const host = await organization.host(slow, 'slow-1');
    await signInQuietly(context, organization.owner);
    await page.goto(`/hosts/${host.id}`);
    await button(page, 'Scan now').click();
    await seen(page.getByText(/^Scanning: /));
    await seen(page.getByRole('progressbar'));
    expect(await button(page, 'Scan now').isDisabled()).toBe(true);

    await button(page, 'Cancel scan').click();
    await gone(page.getByRole('progressbar'));
    await page.getByRole('tab', { name: 'Scans' }).click();
    await seen(page.getByRole('row', { name: /cancelled/ }));
    await seen(button(page, 'Scan now'));
  });

  test('a host that can not be reached says why and what to do', async ({ page, context, product }) => {
    const organization = await Organization.found(product);
    const host = await organization.host(await startHost({ faults: { certificate: 'expired' } }), 'edge-1');
    await organization.scan(host);
    await signInQuietly(context, organization.owner);
    await page.goto(`/hosts/${host.id}`);
    const alert = page.getByRole('alert').filter({ hasText: 'This host can not be reached' });
    await seen(alert);
    expect(await alert.textContent()).toMatch(/expired/);
    await seen(page.getByText('No scan of this host has worked so far'));
    await page.goto('/hosts?state=unreachable');
    await seen(page.getByRole('row', { name: /edge-1.*not known yet.*unreachable/ }));
  });

  test('a scan in part names the parts that are missing', async ({ page, context, product }) => {
    const broken = await startHost({
      faults: { requests: [{ path: /^\/images\//, fault: { kind: 'status', status: 500, message: 'disk error' } }] },
    });
    const organization = await Organization.found(product);
    const host = await organization.host(broken, 'half-1');
    await organization.scan(host);
    await signInQuietly(context, organization.owner);
    await page.goto(`/hosts/${host.id}`);
    await seen(page.getByText('The last scan saw only a part of this host'));
    await seen(page.getByText(/disk error/));
    await button(page, /^Show what could not be told/).click();
    await seen(page.getByRole('heading', { name: 'What could not be told' }));
  });

  test('a host is changed and deleted', async ({ page, context, product }) => {
    const organization = await Organization.found(product);
    const host = await organization.host(await startHost(), 'build-7');
    await signInQuietly(context, organization.owner);
    await page.goto(`/hosts/${host.id}`);
    await button(page, 'More actions').click();
    await page.getByRole('menuitem', { name: 'Change' }).click();
    await dialog(page).getByLabel('Name').fill('build-8');
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await seen(heading(page, 'build-8'));

    await button(page, 'More actions').click();
    await page.getByRole('menuitem', { name: 'Test the connection' }).click();
    await seen(notice(page, /Docker/));
    await button(page, 'More actions').click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await dialog(page).getByRole('button', { name: 'Delete' }).click();
    await seen(page.getByText('No hosts yet'));
  });

  test('names that hold markup are shown as the text they are', async ({ page, context, product }) => {
    const name = '<img src=x onerror=alert(1)>';
    const recording = JSON.stringify(await sampleHostRecording()).replaceAll('ops-proxy-1', name);
    const hostile = await startHost({ recording: EngineRecording.parse(JSON.parse(recording)) });
    const organization = await Organization.found(product);
    const host = await organization.host(hostile, name);
    await organization.scan(host);
    await signInQuietly(context, organization.owner);
    page.on('dialog', () => expect.unreachable('a script of the host has run'));
    for (const path of ['/', '/hosts', '/findings', `/hosts/${host.id}`, `/hosts/${host.id}?tab=containers`]) {
      await page.goto(path);
      await seen(page.getByText(name));
      expect(await page.locator('img').count()).toBe(0);
    }
    await seen(page.getByRole('row', { name: `${name} ops running` }));
  });
});

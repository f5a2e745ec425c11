import { startSimulatedHost } from '@plimsoll/engine-simulator';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { describeInBrowser, test as browserTest } from './browser-test.ts';
import { overflow } from './in-page.ts';
import { Organization, newEmail, signInQuietly } from './organization.ts';
import { button, dialog, heading, seen } from './screen.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What must not be there: axe's two upper grades, told by rule and element. */
const seriousViolations = async (page: Page, rules: 'all' | 'contrast'): Promise<string[]> => {
  const only = rules === 'all' ? '' : `, runOnly: ['color-contrast']`;
  const violations: unknown = await page.evaluate(`
    axe.run(document, { resultTypes: ['violations']${only} }).then(({ violations }) =>
      violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 160)).join(' | ')))`);
  return Array.isArray(violations) ? violations.map(String) : ['axe gave no list'];
};

interface View {
  name: string;
  /** Default: the owner of a tenant that has one of everything. */
  who?: 'nobody' | 'newcomer';
  path: (things: Things) => string;
  /** Brings the page into the state that is to be looked at. */
  prepare?: (page: Page) => Promise<void>;
}

const openFirst = async (page: Page): Promise<void> => {
  await page.locator('h2 > button[aria-expanded], h3 > button[aria-expanded]').first().click();
  await seen(page.locator('button[aria-expanded="true"]'));
};
const openDialog =
  (name: string) =>
  async (page: Page): Promise<void> => {
    await button(page, name).first().click();
    await seen(dialog(page));
  };

const closeSignUp = async (page: Page): Promise<void> => {
  await page.route('**/v1/installation', (route) => route.fulfill({ json: { product: 'Plimsoll', signUp: false } }));
  await page.reload();
  await seen(page.getByText('Sign-up is switched off here'));
};
const requirePasswordChange = async (page: Page): Promise<void> => {
  await page.route('**/v1/sessions/refresh', async (route) => {
    const response = await route.fetch();
    const session: object = await response.json();
    await route.fulfill({ response, json: { ...session, passwordChangeRequired: true } });
  });
  await page.reload();
  await seen(heading(page, 'Choose your password'));
};

interface Things {
  hostId: string;
  unreachableId: string;
  endpointId: string;
}

const views: View[] = [
  { name: 'sign-in', who: 'nobody', path: () => '/sign-in' },
  { name: 'sign-up', who: 'nobody', path: () => '/sign-up' },
  { name: 'sign-up where it is closed', who: 'nobody', path: () => '/sign-up', prepare: closeSignUp },
  { name: 'choosing a password', who: 'newcomer', path: () => '/', prepare: requirePasswordChange },
  { name: 'overview of nothing', who: 'newcomer', path: () => '/' },
  { name: 'no hosts', who: 'newcomer', path: () => '/hosts' },
  { name: 'no findings', who: 'newcomer', path: () => '/findings' },
  { name: 'no webhooks', who: 'newcomer', path: () => '/webhooks' },
  { name: 'no API keys', who: 'newcomer', path: () => '/api-keys' },
  { name: 'overview', path: () => '/' },
  { name: 'hosts', path: () => '/hosts' },
  { name: 'register a host', path: () => '/hosts/new' },
  { name: 'host', path: ({ hostId }) => `/hosts/${hostId}`, prepare: openFirst },
  {
    name: 'host by theme',
    path: ({ hostId }) => `/hosts/${hostId}`,
    prepare: async (page) => {
      await page.getByText('By theme').click();
      await openFirst(page);
    },
  },
  {
    name: 'compliance',
    path: ({ hostId }) => `/hosts/${hostId}?tab=compliance&view=cis-1.6.0`,
    prepare: async (page) => {
      await page.locator('h2 > button').filter({ hasText: 'Container runtime' }).click();
      await page.locator('h3 > button').filter({ hasText: 'does not hold' }).first().click();
      await seen(page.getByText('How it is decided'));
    },
  },
  { name: 'questions', path: ({ hostId }) => `/hosts/${hostId}?tab=questions` },
  {
    name: 'answering a question',
    path: ({ hostId }) => `/hosts/${hostId}?tab=questions`,
    prepare: openDialog('Answer'),
  },
  { name: 'endpoint and engine', path: ({ hostId }) => `/hosts/${hostId}?tab=facts` },
  { name: 'containers', path: ({ hostId }) => `/hosts/${hostId}?tab=containers` },
  { name: 'images', path: ({ hostId }) => `/hosts/${hostId}?tab=images` },
  { name: 'scans', path: ({ unreachableId }) => `/hosts/${unreachableId}?tab=scans` },
  { name: 'unreachable host', path: ({ unreachableId }) => `/hosts/${unreachableId}` },
  {
    name: 'findings',
    path: () => '/findings?severity=critical,high&theme=daemon-attack-surface',
    prepare: openFirst,
  },
  { name: 'checks', path: () => '/checks', prepare: openFirst },
  { name: 'members', path: () => '/members' },
  { name: 'adding a member', path: () => '/members', prepare: openDialog('Add member') },
  { name: 'roles', path: () => '/members', prepare: openDialog('What each role may do') },
  { name: 'API keys', path: () => '/api-keys' },
  { name: 'creating an API key', path: () => '/api-keys', prepare: openDialog('Create API key') },
  { name: 'webhooks', path: () => '/webhooks' },
  { name: 'adding an endpoint', path: () => '/webhooks', prepare: openDialog('Add endpoint') },
  { name: 'deliveries', path: ({ endpointId }) => `/webhooks/${endpointId}`, prepare: openFirst },
  { name: 'audit log', path: () => '/audit' },
  { name: 'account', path: () => '/account' },
  { name: 'no such page', path: () => '/nowhere' },
];

const longName = `edge-gateway-${'with-a-long-name-'.repeat(4)}end`;

/** A tenant that has one of everything, with names as long as they get. */
const furnish = async (organization: Organization): Promise<Things> => {
  const [good, expired] = [
    await startSimulatedHost(),
    await startSimulatedHost({ faults: { certificate: 'expired' } }),
  ];
  try {
    const endpoint = await organization.call<{ id: string }>('POST', '/v1/webhook-endpoints', {
      url: `http://127.0.0.1:9/${'path/'.repeat(20)}`,
      description: 'The night shift',
      eventTypes: ['scan.completed', 'scan.failed', 'finding.opened', 'host.unreachable'],
    });
    const [host, unreachable] = [await organization.host(good, 'build-7'), await organization.host(expired, longName)];
    await organization.scan(host);
    await organization.scan(unreachable);
    await organization.member('auditor', 'Audrey', newEmail(`audrey.${'a'.repeat(20)}`));
    await organization.call('POST', '/v1/api-keys', { name: 'a pipeline', role: 'viewer', expiresInDays: 30 });
    return { hostId: host.id, unreachableId: unreachable.id, endpointId: endpoint.id };
  } finally {
    await good.close();
    await expired.close();
  }
};

const test = browserTest.extend('furnished', { scope: 'file' }, async ({ product }) => {
  const organization = await Organization.found(product);
  return { organization, newcomer: await Organization.found(product), things: await furnish(organization) };
});

/** Dark colours are about contrast alone; all else is the same in both. */
const screens = [
  { width: 1280, colorScheme: 'light', rules: 'all' },
  { width: 1280, colorScheme: 'dark', rules: 'contrast' },
  { width: 390, colorScheme: 'dark', rules: 'contrast' },
  { width: 390, colorScheme: 'light', rules: 'all' },
] as const;

const complaintsAbout = async (page: Page): Promise<Record<string, unknown>> => {
  const complaints: Record<string, unknown> = {};
  await page.evaluate(axe);
  for (const { width, colorScheme, rules } of screens) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor();
    const violations = await seriousViolations(page, rules);
    const wide: unknown = await page.evaluate(overflow);
    if (violations.length > 0) complaints[`${width} ${colorScheme}: accessibility`] = violations;
    if (JSON.stringify(wide) !== '{"pixels":0,"blame":[]}') complaints[`${width} ${colorScheme}: too wide`] = wide;
  }
  return complaints;
};

describeInBrowser(
  'no serious accessibility violation, wide or narrow, light or dark, and nothing wider than the screen',
  () => {
    test.for(views)('$name', async ({ who, path, prepare }, { page, context, furnished }) => {
      const { organization, newcomer, things } = furnished;
      if (who !== 'nobody') await signInQuietly(context, (who === 'newcomer' ? newcomer : organization).owner);
      await page.goto(path(things));
      await seen(page.getByRole('heading', { level: 1 }));
      await page.getByRole('status').waitFor({ state: 'hidden' });
      await prepare?.(page);
      expect(await complaintsAbout(page)).toEqual({});
      expect(await page.title()).toMatch(/.+ · Plimsoll$/);
    });
  },
);

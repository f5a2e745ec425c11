import { problems } from '@plimsoll/contracts';
import { createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FixtureFeature } from '../testing/fixture.feature.ts';
import { createTestApi } from '../testing/test-api.ts';
import type { TestApi } from '../testing/test-api.ts';

const built = mkdtempSync(join(tmpdir(), 'plimsoll-console-'));
let database: TestDatabase;
let api: TestApi;
beforeAll(async () => {
  mkdirSync(join(built, 'assets'));
  writeFileSync(join(built, 'index.html'), '<!doctype html><style nonce="__CSP_NONCE__"></style><div id="root"></div>');
  writeFileSync(join(built, 'assets', 'index-4f9a2c.js'), `console.log('${'plimsoll '.repeat(500)}');`);
  writeFileSync(join(built, 'assets', 'index-4f9a2c.js.map'), '{}');
  writeFileSync(join(built, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  database = await createTestDatabase();
  api = await createTestApi(database, { features: [FixtureFeature], consoleDirectory: built });
});
afterAll(async () => {
  await api.close();
  await database.close();
  rmSync(built, { recursive: true });
});

const page = (path: string) => api.request.get(path).set('accept', 'text/html,application/xhtml+xml,*/*');

test.for(['/', '/hosts', '/hosts/0199c0de-7c1e-7000-8000-3f1f5e3a9b10', '/findings?severity=high'])(
  'the console is served at %s, with a nonce of its own',
  async (path) => {
    const [first, second] = [await page(path), await page(path)];
    expect(first).toMatchObject({ status: 200, type: 'text/html' });
    const nonce = /nonce="([\w-]{22})"/.exec(first.text)?.[1];
    expect(first.headers['content-security-policy']).toContain(`style-src 'self' 'nonce-${nonce}'`);
    expect(second.text).not.toBe(first.text);
    expect(first.headers['cache-control']).toBe('no-store');
  },
);

test('hashed files are kept for ever, others are not, source maps stay here', async () => {
  const script = await api.request.get('/assets/index-4f9a2c.js').set('accept-encoding', 'gzip');
  expect(script.headers).toMatchObject({
    'cache-control': 'public, max-age=31536000, immutable',
    'content-encoding': 'gzip',
    'x-content-type-options': 'nosniff',
  });
  expect((await api.request.get('/favicon.svg')).headers['cache-control']).toBe('public, max-age=3600');
  expect(await page('/assets/index-4f9a2c.js.map')).toMatchObject({ status: 404 });
});

test.for(['/v1/nothing', '/assets/nothing.js', '/problems/nothing', '/docs/nothing'])(
  '%s is a problem and no page of the console',
  async (path) => {
    expect(await page(path)).toMatchObject({ status: 404, type: 'application/problem+json' });
  },
);

test('a program that asks for no page gets a problem', async () => {
  expect(await api.request.get('/hosts').set('accept', 'application/json')).toMatchObject({
    status: 404,
    type: 'application/problem+json',
  });
});

test.for(['/../package.json', '/assets/..%2f..%2findex.html', '/assets/%2e%2e/%2e%2e/etc/passwd', '/.env'])(
  '%s leads out of nothing',
  async (path) => {
    const answer = await api.request.get(path).set('accept', 'application/json');
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
  },
);

test('every answer carries the security headers', async () => {
  for (const path of ['/', '/v1/nothing', '/healthz', '/docs', '/assets/index-4f9a2c.js']) {
    const { headers } = await page(path);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).not.toMatch(/unsafe|\*/);
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect(headers['x-powered-by']).toBeUndefined();
    expect(headers['strict-transport-security']).toBeUndefined();
  }
});

test.for([
  ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
  ['another host of the same site', { 'sec-fetch-site': 'same-site' }, 403],
  ['an old browser elsewhere', { origin: 'https://evil.example' }, 403],
  ['an opaque origin', { origin: 'null' }, 403],
  ['the console itself', { 'sec-fetch-site': 'same-origin' }, 401],
  ['no browser', {}, 401],
] as const)('a change sent by %s', async ([, headers, status]) => {
  const answer = await api.request.post('/v1/boats').set('cookie', 'session=x').set(headers).send({ name: 'a' });
  const type = status === 403 ? '/problems/cross-site-request' : '/problems/unauthenticated';
  expect(answer).toMatchObject({ status, body: { type } });
});

test('no other site may read the API from a browser', async () => {
  const answer = await api.request
    .options('/v1/boats')
    .set({ origin: 'https://evil.example', 'access-control-request-method': 'POST' });
  expect(answer.headers['access-control-allow-origin']).toBeUndefined();
});

test('the reference shows every route, without any script', async () => {
  const answer = await page('/docs');
  expect(answer).toMatchObject({ status: 200, type: 'text/html' });
  for (const text of ['createBoat', '/v1/boats/{boatId}', 'Launch a boat']) expect(answer.text).toContain(text);
  expect(answer.text).not.toMatch(/<script|style=|https?:\/\/(?!www\.rfc|example|127)[a-z]+\.[a-z]+\/.*\.(?:js|css)/);
  expect(await api.request.get('/docs/style.css')).toMatchObject({ status: 200, type: 'text/css' });
});

test('every problem has a page where its type leads', async () => {
  for (const { slug, title } of problems) {
    const answer = await page(`/problems/${slug}`);
    expect(answer).toMatchObject({ status: 200, type: 'text/html' });
    expect(answer.text).toContain(title);
  }
  const list = await page('/problems');
  for (const { slug } of problems) expect(list.text).toContain(`/problems/${slug}`);
});

test('metrics are grouped by route, and only this machine may read them', async () => {
  await api.request.get('/v1/boats/0199c0de-7c1e-7000-8000-3f1f5e3a9b10');
  const { text } = await api.request.get('/metrics');
  expect(text).toContain('route="/v1/boats/:boatId"');
  expect(text).not.toContain('0199c0de');
  expect(await api.request.get('/metrics').set('x-forwarded-for', '203.0.113.7')).toMatchObject({ status: 404 });
});

test('with a token set, metrics ask for it', async () => {
  const guarded = await createTestApi(database, {
    features: [FixtureFeature],
    environment: { PLIMSOLL_METRICS_TOKEN: 'a-token-of-sixteen' },
  });
  const get = (token?: string) =>
    guarded.request.get('/metrics').set(token === undefined ? {} : { authorization: `Bearer ${token}` });
  expect(await get()).toMatchObject({ status: 404 });
  expect(await get('another-token-here')).toMatchObject({ status: 404 });
  expect(await get('a-token-of-sixteen')).toMatchObject({ status: 200 });
  await guarded.close();
});

test('the process is alive and ready', async () => {
  expect((await api.request.get('/healthz')).body).toEqual({ status: 'ok' });
  expect((await api.request.get('/readyz')).body).toEqual({ status: 'ok', checks: { database: 'ok', queue: 'ok' } });
});

test('a request is logged once, without its query, with its trace', async () => {
  const before = api.logged.length;
  await api.request
    .get('/v1/nothing?search=secret-thing')
    .set('traceparent', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01');
  const lines = api.logged.slice(before).filter(({ msg }) => msg === 'request');
  expect(lines).toMatchObject([
    { method: 'GET', path: '/v1/nothing', status: 404, traceId: '4bf92f3577b34da6a3ce929d0e0e4736' },
  ]);
  expect(JSON.stringify(lines)).not.toContain('secret-thing');
});

import type { CheckParameters, Host, HostCompliance, Page, Scan } from '@plimsoll/contracts';
import { type SimulatedHost, startSimulatedHost } from '@plimsoll/engine-simulator';
import { createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { ScanHostPipeline } from '@plimsoll/scanning';
import { createLogger } from '@plimsoll/telemetry';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { People } from '../identity/testing/people.ts';
import type { Person } from '../identity/testing/people.ts';
import { type TestApi, createTestApi } from '../testing/test-api.ts';

let database: TestDatabase;
let api: TestApi;
let engine: SimulatedHost;
let owner: Person;
let viewer: Person;
let host: Host;
let scan: Scan;
beforeAll(async () => {
  database = await createTestDatabase();
  api = await createTestApi(database);
  engine = await startSimulatedHost();
  const people = new People(api);
  owner = await people.founder();
  viewer = await people.member(owner, 'viewer');
  host = await register('judged');
  scan = await done(await ask<Scan>('post', `/v1/hosts/${host.id}/scans`, 202));
}, 60_000);
afterAll(async () => {
  await engine.close();
  await api.close();
  await database.close();
});

const ask = async <Body>(method: 'get' | 'post', path: string, status: number): Promise<Body> => {
  const answer: { body: Body } = await owner.send(method, path, method === 'post' ? {} : undefined).expect(status);
  return answer.body;
};
const register = async (name: string): Promise<Host> => {
  const body = { name, address: engine.url, credential: engine.tls };
  const answer: { body: Host } = await owner.send('post', '/v1/hosts', body).expect(201);
  return answer.body;
};
/** What a worker would do. */
const done = async ({ id }: Scan): Promise<Scan> => {
  const { database: rows, vault, config } = api.core;
  const log = createLogger({ level: 'silent', service: 'test' });
  const pipeline = new ScanHostPipeline({ database: rows, vault, policy: config.hosts, log });
  await pipeline.run({ tenantId: owner.session.tenant.id, scanId: id }, new AbortController().signal);
  return ask<Scan>('get', `/v1/scans/${id}`, 200);
};
const everyPage = async <Item>(path: string, limit: number): Promise<Item[]> => {
  const all: Item[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Page<Item> = await ask('get', `${path}${path.includes('?') ? '&' : '?'}limit=${limit}${after}`, 200);
    expect(page.items.length).toBeLessThanOrEqual(limit);
    all.push(...page.items);
    cursor = page.nextCursor;
  }
  return all;
};

describe('the parameters of a check', () => {
  const path = '/v1/checks/daemon-log-level/parameters';
  const set = (values: object, version?: string, person = owner) => {
    const request = person.send('put', path, { values });
    return version === undefined ? request : request.set('if-match', version);
  };

  test('are shown with their schema and defaults before anybody has set one', async () => {
    const answer = await owner.send('get', path).expect(200);
    expect(answer.headers['etag']).toMatch(/^"0\./);
    expect(answer.body).toMatchObject({
      check: 'daemon-log-level',
      schema: { type: 'object', properties: { allowedLevels: { type: 'array' } } },
      defaults: { allowedLevels: ['info'] },
      values: {},
      version: 0,
      updatedBy: null,
    });
    const check = await owner.send('get', '/v1/checks/daemon-log-level').expect(200);
    expect(check.body.parameters).toEqual(answer.body);
  });

  test.for([
    ['a value that it does not take', { allowedLevels: ['loud'] }, 'values.allowedLevels.0'],
    ['a value of another type', { allowedLevels: 7 }, 'values.allowedLevels'],
    ['a parameter that it has not', { levels: [] }, 'values.levels'],
  ] as const)('are refused for %s, by its name', async ([, values, field]) => {
    const answer = await set(values, '*').expect(422);
    expect(answer.body.errors[0]).toMatchObject({ field, in: 'body' });
  });

  test('refuse a text that no database has', async () => {
    const values = { allowedRuntimes: ['a\u0007b'] };
    const answer = await owner.send('put', '/v1/checks/runtime-unknown/parameters', { values }).set('if-match', '*');
    expect([404, 422]).toContain(answer.status);
  });

  test('are changed by who may and has read them last, with a trace of before and after', async () => {
    await set({ allowedLevels: ['debug'] }, '*', viewer).expect(403);
    await set({ allowedLevels: ['debug'] }).expect(428);
    const changed = await set({ allowedLevels: ['debug'] }, '"0"').expect(200);
    expect(changed.body).toMatchObject({ values: { allowedLevels: ['debug'] }, version: 1 });
    const late = await set({ allowedLevels: ['warn'] }, '"0"').expect(412);
    expect(late.body).toMatchObject({ currentETag: '"1"' });
    const list = await owner.send('get', '/v1/checks?search=daemon-log-level').expect(200);
    const [listed]: { parameters: CheckParameters }[] = list.body.items;
    expect(listed?.parameters).toEqual(changed.body);
    await owner.send('delete', path).expect(204);
    const reset = await owner.send('get', path).expect(200);
    expect(reset.body).toMatchObject({ values: {}, version: 2, updatedBy: expect.any(String) });
    const events = await owner.send('get', '/v1/audit-events?subjectKind=check').expect(200);
    expect(
      events.body.items.map(({ action, details }: { action: string; details: object }) => [action, details]),
    ).toEqual([
      ['check-parameters.reset', { before: { allowedLevels: ['debug'] }, after: {} }],
      ['check-parameters.changed', { before: {}, after: { allowedLevels: ['debug'] } }],
    ]);
  });

  test('of another tenant are not these', async () => {
    const stranger = await new People(api).founder();
    await set({ allowedLevels: ['warn'] }, '*').expect(200);
    const theirs = await stranger.send('get', path).expect(200);
    expect(theirs.body).toMatchObject({ values: {}, version: 0 });
  });
});

describe('a judgement that is asked for', () => {
  test('is answered like a scan, and a scan that waits is given back instead', async () => {
    const answer = await owner.send('post', `/v1/hosts/${host.id}/judgements`, {}).expect(202);
    expect(answer.headers['location']).toBe(`/v1/scans/${answer.body.id}`);
    expect(answer.body).toMatchObject({ kind: 'rejudge', state: 'queued', hostId: host.id });
    const judged = await done(answer.body);
    expect(judged).toMatchObject({ kind: 'rejudge', state: scan.state, opened: expect.any(Number) });
    expect(await ask<Page<Scan>>('get', `/v1/hosts/${host.id}/scans?kind=full`, 200)).toMatchObject({
      items: [{ id: scan.id, kind: 'full' }],
    });
    const waiting = await ask<Scan>('post', `/v1/hosts/${host.id}/scans`, 202);
    expect(await ask<Scan>('post', `/v1/hosts/${host.id}/judgements`, 202)).toMatchObject({ id: waiting.id });
    await owner.send('post', `/v1/scans/${waiting.id}/cancellation`).expect(202);
  });

  test('is refused where nothing is stored, and to whoever may start no scan', async () => {
    const fresh = await register('fresh');
    await viewer.send('post', `/v1/hosts/${host.id}/judgements`, {}).expect(403);
    const answer = await owner.send('post', `/v1/hosts/${fresh.id}/judgements`, {}).expect(409);
    expect(answer.body).toMatchObject({ type: '/problems/state-conflict', state: 'never-judged' });
    await owner.send('get', `/v1/hosts/${fresh.id}/compliance`).expect(404);
  });
});

describe('how a host stands', () => {
  const view = (query: string) => ask<HostCompliance>('get', `/v1/hosts/${host.id}/compliance${query}`, 200);

  test('follows the version of the benchmark that is asked for, section by section', async () => {
    const { benchmark, sections, counts, hostId } = await view('?benchmark=cis-1.6.0');
    expect(hostId).toBe(host.id);
    expect(benchmark).toEqual({ id: 'cis-1.6.0', name: 'CIS Docker Benchmark', version: '1.6.0' });
    expect(sections.map(({ id }) => id)).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    for (const { counts: of, checks } of sections) {
      expect(of.pass + of.fail + of.notApplicable + of.undecided).toBe(checks.length);
      const decided = of.pass + of.fail;
      expect(of.percent).toBe(decided === 0 ? null : Math.floor((100 * of.pass) / decided));
    }
    expect(counts.total).toBe(sections.reduce((sum, { checks }) => sum + checks.length, 0));
  });

  test('says of the undecided why, and which setting would decide them', async () => {
    const { sections, settings } = await view('?benchmark=cis-1.8.0');
    const undecided = sections.flatMap(({ checks }) => checks).filter(({ outcome }) => outcome === 'unknown');
    expect(undecided.length).toBeGreaterThan(0);
    expect(undecided.filter((check) => check.undecided.length === 0)).toEqual([]);
    expect(settings.map(({ setting }) => setting)).toContain('inspectHostFiles');
  });

  test('has every check by theme without a benchmark, and refuses one that there is not', async () => {
    const { benchmark, sections } = await view('');
    expect(benchmark).toBeNull();
    expect(sections.map(({ id }) => id)).toContain('kernel-privileges');
    const answer = await owner.send('get', `/v1/hosts/${host.id}/compliance?benchmark=cis-9.9.9`).expect(422);
    expect(answer.body.errors[0]).toMatchObject({ field: 'benchmark', in: 'query' });
  });
});

describe('what a scan saw and said', () => {
  test.for(['containers', 'images'] as const)('has its %s in pages that make the whole list', async (kind) => {
    const path = `/v1/hosts/${host.id}/${kind}`;
    const whole = await everyPage<{ id: string }>(path, 200);
    expect(whole.length).toBeGreaterThan(2);
    expect(await everyPage(path, 2)).toEqual(whole);
    expect(await everyPage(`${path}?search=${encodeURIComponent('no such name')}`, 2)).toEqual([]);
    await owner.send('get', `${path}?cursor=x`).expect(400);
  });

  test('has its results in pages, the worst first', async () => {
    const path = `/v1/scans/${scan.id}/results`;
    const whole = await everyPage<{ outcome: string; check: string; theme: string }>(path, 200);
    expect(await everyPage(path, 37)).toEqual(whole);
    const order = ['fail', 'unknown', 'pass', 'not-applicable'];
    const places = whole.map(({ outcome }) => order.indexOf(outcome));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    for (const [name, value] of [
      ['outcome', 'fail'],
      ['check', 'container-memory-limit'],
      ['theme', 'kernel-privileges'],
    ] as const) {
      const filtered = await everyPage(`${path}?${name}=${value}`, 200);
      expect(filtered.length).toBeGreaterThan(0);
      expect(filtered).toEqual(whole.filter((one) => one[name] === value));
    }
    await owner.send('get', `${path}?limit=201`).expect(422);
  });
});

import type { Finding, Host, Scan } from '@plimsoll/contracts';
import { type SimulatedHost, startSimulatedHost } from '@plimsoll/engine-simulator';
import { createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { ScanHostPipeline } from '@plimsoll/scanning';
import { createLogger } from '@plimsoll/telemetry';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { People } from '../identity/testing/people.ts';
import type { Person } from '../identity/testing/people.ts';
import { createTestApi } from '../testing/test-api.ts';
import type { TestApi } from '../testing/test-api.ts';

let database: TestDatabase;
let api: TestApi;
let owner: Person;
let stranger: Person;
let engine: SimulatedHost;
let expired: SimulatedHost;
beforeAll(async () => {
  database = await createTestDatabase();
  api = await createTestApi(database);
  const people = new People(api);
  [owner, stranger] = [await people.founder(), await people.founder()];
  engine = await startSimulatedHost();
  expired = await startSimulatedHost({ faults: { certificate: 'expired' } });
}, 60_000);
afterAll(async () => {
  await engine.close();
  await expired.close();
  await api.close();
  await database.close();
});

const register = async (given: object = {}, person = owner): Promise<Host> => {
  const body = { name: `host-${crypto.randomUUID()}`, address: engine.url, credential: engine.tls, ...given };
  const answer: { body: Host } = await person.send('post', '/v1/hosts', body).expect(201);
  return answer.body;
};
const start = async (host: Host, person = owner): Promise<Scan> => {
  const answer: { body: Scan } = await person.send('post', `/v1/hosts/${host.id}/scans`, {}).expect(202);
  return answer.body;
};
/** What a worker would do. */
const work = async (scan: Scan, person = owner): Promise<void> => {
  await new ScanHostPipeline({
    database: api.core.database,
    vault: api.core.vault,
    policy: api.core.config.hosts,
    log: createLogger({ level: 'silent', service: 'test' }),
  }).run({ tenantId: person.session.tenant.id, scanId: scan.id }, new AbortController().signal);
};
const scanned = async (given: object = {}): Promise<{ host: Host; scan: Scan }> => {
  const host = await register(given);
  const { id } = await start(host).then(async (scan) => {
    await work(scan);
    return scan;
  });
  const answer: { body: Scan } = await owner.send('get', `/v1/scans/${id}`).expect(200);
  return { host, scan: answer.body };
};
const namesOf = ({ body }: { body: { items: { name: string }[] } }): string[] => body.items.map(({ name }) => name);

describe('a host', () => {
  test('is registered, and its key is never shown', async () => {
    const answer = await owner
      .send('post', '/v1/hosts', {
        name: 'build-7',
        address: engine.url,
        credential: engine.tls,
        labels: { team: 'a' },
      })
      .expect(201);
    expect(answer.headers).toMatchObject({
      location: `/v1/hosts/${answer.body.id}`,
      etag: expect.stringMatching(/^"1\./u),
    });
    expect(answer.body).toMatchObject({
      name: 'build-7',
      labels: { team: 'a' },
      score: null,
      reachability: { state: 'unknown' },
      credential: { subject: expect.stringContaining('plimsoll-scanner') },
    });
    expect(answer.text).not.toContain('PRIVATE');
    expect(answer.text).not.toContain('BEGIN');
    const [stored] = await database.asOwner<{ row: string }>(
      'SELECT c::text AS row FROM host_credentials c WHERE host_id = $1',
      [answer.body.id],
    );
    expect(stored?.row).not.toContain('PRIVATE KEY');
  });

  test.for([
    ['no credential', {}, 'credential-rejected', 'credential'],
    ['no PEM', { credential: { ca: 'x', certificate: 'y', key: 'z' } }, 'credential-rejected', 'credential.ca'],
    ['a name that is taken', { name: 'taken' }, 'already-exists', undefined],
    ['a metadata address', { address: 'tcp://169.254.169.254:2376' }, 'address-refused', 'address'],
    ['a socket where none is allowed', { address: 'unix:///var/run/docker.sock' }, 'address-refused', 'address'],
  ] as const)('with %s is refused by name', async ([, given, slug, field]) => {
    await owner.send('post', '/v1/hosts', { name: 'taken', address: engine.url, credential: engine.tls });
    const whole = slug === 'credential-rejected' ? {} : { credential: engine.tls };
    const answer = await owner.send('post', '/v1/hosts', { name: 'other', address: engine.url, ...whole, ...given });
    expect(answer.body).toMatchObject({ type: `/problems/${slug}` });
    expect(answer.body.errors?.[0]?.field).toBe(field);
  });

  test('with the key of another certificate is refused by field and reason', async () => {
    const credential = { ...engine.tls, key: expired.tls.key };
    const answer = await owner.send('post', '/v1/hosts', { name: 'odd', address: engine.url, credential }).expect(422);
    expect(answer.body).toMatchObject({ field: 'key', reason: 'key-mismatch' });
  });

  test('is changed only by whoever has read its last version', async () => {
    const host = await register();
    const path = `/v1/hosts/${host.id}`;
    await owner.send('patch', path, { name: 'x' }).expect(428);
    const changed = await owner
      .send('patch', path, { labels: { team: 'b' } })
      .set('if-match', '"1"')
      .expect(200);
    expect(changed.body).toMatchObject({ labels: { team: 'b' }, version: 2 });
    const late = await owner.send('patch', path, { labels: {} }).set('if-match', '"1"').expect(412);
    expect(late.body).toMatchObject({ currentETag: '"2"' });
    await owner.send('delete', path).expect(204);
    await owner.send('get', path).expect(404);
  });

  test('is found by part of its name, by labels, in any order, page by page', async () => {
    const person = await new People(api).founder();
    for (const [name, labels] of [
      ['alpha', { team: 'a', env: 'production' }],
      ['Beta_1', { team: 'b' }],
      ['gamma%', { team: 'a' }],
    ] as const) {
      await register({ name, labels }, person);
    }
    const list = (query: string) => person.send('get', `/v1/hosts?${query}`).expect(200);
    expect(namesOf(await list('search=beta_'))).toEqual(['Beta_1']);
    expect(namesOf(await list('search=%25'))).toEqual(['gamma%']);
    expect(namesOf(await list('label=team%3Da&sort=createdAt'))).toEqual(['alpha', 'gamma%']);
    expect(namesOf(await list('label=team%3Da,env'))).toEqual(['alpha']);
    expect(namesOf(await list('state=reachable'))).toEqual([]);
    for (const sort of ['createdAt', '-createdAt', 'name', '-name', 'score', '-lastScanAt']) {
      const whole = namesOf(await list(`sort=${sort}`));
      const paged: string[] = [];
      let cursor = '';
      do {
        const page = await list(`sort=${sort}&limit=1${cursor}`);
        paged.push(...namesOf(page));
        cursor = page.body.nextCursor === null ? '' : `&cursor=${page.body.nextCursor}`;
      } while (cursor !== '');
      expect({ sort, names: paged }).toEqual({ sort, names: whole });
      expect({ sort, count: new Set(paged).size }).toEqual({ sort, count: 3 });
    }
    const first = await list('sort=name&limit=1');
    await person.send('get', `/v1/hosts?sort=-name&cursor=${first.body.nextCursor}`).expect(400);
  });

  test('of another tenant is not there, whatever one asks', async () => {
    const { host, scan } = await scanned();
    const findings = await owner.send('get', `/v1/findings?hostId=${host.id}&limit=1`).expect(200);
    const paths = [
      ['get', `/v1/hosts/${host.id}`],
      ['get', `/v1/hosts/${host.id}/containers`],
      ['get', `/v1/hosts/${host.id}/images`],
      ['get', `/v1/hosts/${host.id}/compliance`],
      ['post', `/v1/hosts/${host.id}/judgements`],
      ['get', `/v1/hosts/${host.id}/facts`],
      ['get', `/v1/hosts/${host.id}/scans`],
      ['post', `/v1/hosts/${host.id}/scans`],
      ['post', `/v1/hosts/${host.id}/connection-tests`],
      ['delete', `/v1/hosts/${host.id}`],
      ['get', `/v1/scans/${scan.id}`],
      ['get', `/v1/scans/${scan.id}/results`],
      ['get', `/v1/scans/${scan.id}/events`],
      ['post', `/v1/scans/${scan.id}/cancellation`],
      ['get', `/v1/findings/${findings.body.items[0].id}`],
    ] as const;
    for (const [method, path] of paths) {
      const body = /\/(scans|judgements)$/.test(path) && method === 'post' ? {} : undefined;
      const { status } = await stranger.send(method, path, body);
      expect({ method, path, status }).toEqual({ method, path, status: 404 });
    }
    for (const list of ['/v1/hosts', '/v1/scans', '/v1/findings']) {
      const { body } = await stranger.send('get', list).expect(200);
      expect({ list, body }).toEqual({ list, body: { items: [], nextCursor: null } });
    }
    await owner.send('get', `/v1/hosts/${host.id}`).expect(200);
  });
});

describe('a connection test', () => {
  test('before anything is saved says what answers', async () => {
    const answer = await owner
      .send('post', '/v1/connection-tests', { address: engine.url, credential: engine.tls })
      .expect(200);
    expect(answer.body).toMatchObject({ ok: true, reason: null, engine: { apiVersion: expect.any(String) } });
  });

  test.for([
    ['an expired certificate', () => ({ address: expired.url, credential: expired.tls }), 'certificate-expired'],
    ['a closed port', () => ({ address: 'tcp://127.0.0.1:1', credential: engine.tls }), 'connection-refused'],
    [
      'an address that is not allowed',
      () => ({ address: 'tcp://169.254.169.254:1', credential: engine.tls }),
      'address-refused',
    ],
    ['no credential', () => ({ address: engine.url }), 'address-refused'],
  ] as const)('with %s says what is wrong and what to do', async ([, body, reason]) => {
    const answer = await owner.send('post', '/v1/connection-tests', body()).expect(200);
    expect(answer.body).toMatchObject({ ok: false, reason, engine: null, nextStep: expect.stringMatching(/\w/u) });
  });

  test('of a saved host is kept with it', async () => {
    const host = await register({ address: expired.url, credential: expired.tls });
    await owner.send('post', `/v1/hosts/${host.id}/connection-tests`).expect(200);
    const answer = await owner.send('get', `/v1/hosts/${host.id}`).expect(200);
    expect(answer.body.reachability).toMatchObject({ state: 'unreachable', reason: 'certificate-expired' });
  });
});

describe('a scan', () => {
  test('is asked for, done, and shown from all sides', async () => {
    const { host, scan } = await scanned({ labels: { team: 'scan' } });
    expect(scan).toMatchObject({ state: 'succeeded', hostName: host.name, requestedBy: owner.session.user.email });
    const list = await owner.send('get', `/v1/hosts/${host.id}/scans`).expect(200);
    expect(list.body.items).toEqual([scan]);
    const filtered = await owner.send('get', `/v1/scans?hostId=${host.id}&state=failed`).expect(200);
    expect(filtered.body.items).toEqual([]);
    const failed = await owner.send('get', `/v1/scans/${scan.id}/results?outcome=fail`).expect(200);
    expect(failed.body.items.every((one: { outcome: string }) => one.outcome === 'fail')).toBe(true);
    const containers = await owner.send('get', `/v1/hosts/${host.id}/containers`).expect(200);
    expect(containers.body.items.some((one: { openFindings: number }) => one.openFindings > 0)).toBe(true);
    const images = await owner.send('get', `/v1/hosts/${host.id}/images`).expect(200);
    expect(images.body.items.some((one: { usedBy: number }) => one.usedBy > 0)).toBe(true);
    const facts = await owner.send('get', `/v1/hosts/${host.id}/facts`).expect(200);
    expect(facts.body).toMatchObject({ scanId: scan.id, endpointMissing: null });
    expect(facts.body.endpoint).toMatchObject({
      transport: 'tls',
      address: host.address,
      protocol: 'TLSv1.3',
      visits: expect.arrayContaining([expect.objectContaining({ visit: 'anonymous-tls', outcome: 'refused' })]),
      handshakes: expect.arrayContaining([expect.objectContaining({ offer: 'TLSv1.2', accepted: true })]),
    });
    expect(facts.body.endpoint.chain[0].names).toContain('IP:127.0.0.1');
    expect(facts.body.engine.components.map(({ name }: { name: string }) => name)).toContain('containerd');
    const overview = await owner.send('get', '/v1/overview').expect(200);
    expect(overview.body.trend).toHaveLength(30);
    expect(overview.body.trend.at(-1).opened).toBeGreaterThan(0);
    expect(overview.body.worstHosts.length).toBeGreaterThan(0);
    const sum = (counts: Record<string, number>): number =>
      Object.values(counts).reduce((total, one) => total + one, 0);
    const open = await database.asOwner<{ count: number }>(
      `SELECT count(*)::integer AS count FROM findings WHERE tenant_id = $1 AND status = 'open'`,
      [owner.session.tenant.id],
    );
    const themes: { counts: Record<string, number> }[] = overview.body.byTheme;
    expect(themes.reduce((total, { counts }) => total + sum(counts), 0)).toBe(open[0]?.count);
    expect(sum(overview.body.counts)).toBe(open[0]?.count);
    const [worst] = overview.body.topChecks;
    const ofWorst = await owner.send('get', `/v1/findings?status=open&limit=200&check=${worst.check}`).expect(200);
    expect(worst.openFindings).toBe(ofWorst.body.items.length);
    expect(worst.hosts).toBe(new Set(ofWorst.body.items.map(({ hostId }: Finding) => hostId)).size);
  });

  test('whose snapshot is of a shape that nobody reads any more shows nothing, and breaks nothing', async () => {
    const { host } = await scanned();
    await database.asOwner('UPDATE snapshots SET schema_version = 0 WHERE host_id = $1', [host.id]);
    for (const part of ['facts', 'containers', 'images'])
      await owner.send('get', `/v1/hosts/${host.id}/${part}`).expect(404);
  });

  test('that is asked for twice is one, and has no results before its end', async () => {
    const host = await register();
    const [one, other] = [await start(host), await start(host)];
    expect(other.id).toBe(one.id);
    await owner.send('get', `/v1/scans/${one.id}/results`).expect(404);
    const cancelled = await owner.send('post', `/v1/scans/${one.id}/cancellation`).expect(202);
    expect(cancelled.body.state).toBe('cancelled');
    const again = await owner.send('post', `/v1/scans/${one.id}/cancellation`).expect(409);
    expect(again.body).toMatchObject({ type: '/problems/state-conflict', state: 'cancelled' });
  });

  test('is repeated by its idempotency key and not started anew', async () => {
    const host = await register();
    const path = `/v1/hosts/${host.id}/scans`;
    const send = () => owner.send('post', path, {}).set('idempotency-key', `scan-${host.id}`).expect(202);
    const first = await send();
    await owner.send('post', `/v1/scans/${first.body.id}/cancellation`).expect(202);
    expect((await send()).body.id).toBe(first.body.id);
  });

  const follow = async (scan: Scan, lastEventId?: string) => {
    const headers = {
      authorization: `Bearer ${owner.session.accessToken}`,
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    };
    const response = await fetch(`${api.url}/v1/scans/${scan.id}/events`, { headers });
    const text = await response.text();
    return [...text.matchAll(/^id: (\d+)\nevent: progress\ndata: (.*)$/gmu)].map(([, id, data]) => ({
      id: Number(id),
      ...(JSON.parse(data ?? '') as { state: string; percent: number; step: string }),
    }));
  };

  test('is followed while it runs, and the stream ends with it', async () => {
    const scan = await start(await register());
    const following = follow(scan);
    await work(scan);
    const events = await following;
    expect(events.map(({ id }) => id)).toEqual(events.map((_event, index) => index + 1));
    expect(events[0]).toMatchObject({ state: 'queued', percent: 0 });
    expect(events.map(({ step }) => step)).toEqual(expect.arrayContaining(['connecting', 'collecting', 'judging']));
    expect(events.at(-1)).toMatchObject({ state: 'succeeded', percent: 100 });
  });

  test('is followed from where a client left off', async () => {
    const scan = await start(await register());
    await work(scan);
    const whole = await follow(scan);
    expect(await follow(scan, '2')).toEqual(whole.slice(2));
    expect(await follow(scan, String(whole.length))).toEqual([]);
  });
});

describe('findings', () => {
  test('are filtered, sorted worst first and paged', async () => {
    const { host, scan } = await scanned();
    const list = async (query: string): Promise<Finding[]> =>
      (await owner.send('get', `/v1/findings?hostId=${host.id}&limit=200&${query}`).expect(200)).body.items;
    const all = await list('');
    expect(all).toHaveLength(scan.opened ?? 0);
    const order = ['critical', 'high', 'medium', 'low', 'info'];
    const ranks = all.map(({ severity }) => order.indexOf(severity));
    expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
    expect((await list('sort=-severity')).map(({ id }) => id)).toEqual(all.map(({ id }) => id).toReversed());
    expect(await list('status=fixed')).toEqual([]);
    const severe = await list('severity=critical,high');
    expect(severe).toEqual(all.filter(({ severity }) => severity === 'critical' || severity === 'high'));
    const check = all[0]?.check ?? '';
    expect(await list(`check=${check}`)).toEqual(all.filter((one) => one.check === check));
    const theme = all.at(-1)?.theme ?? 'images';
    expect(await list(`theme=${theme}`)).toEqual(all.filter((one) => one.theme === theme));
    const name = all[0]?.subject.name ?? '';
    expect((await list(`search=${encodeURIComponent(name.toUpperCase())}`)).map(({ id }) => id)).toContain(all[0]?.id);
    for (const sort of ['severity', 'openedAt', '-openedAt']) {
      const paged: string[] = [];
      let cursor = '';
      do {
        const page = await owner
          .send('get', `/v1/findings?hostId=${host.id}&limit=7&sort=${sort}${cursor}`)
          .expect(200);
        paged.push(...page.body.items.map(({ id }: Finding) => id));
        cursor = page.body.nextCursor === null ? '' : `&cursor=${page.body.nextCursor}`;
      } while (cursor !== '');
      const ids = (await list(`sort=${sort}`)).map(({ id }) => id);
      expect({ sort, ids: paged }).toEqual({ sort, ids });
    }
    expect((await owner.send('get', `/v1/findings/${all[0]?.id}`).expect(200)).body).toEqual(all[0]);
  });

  test.for(['severity=awful', 'theme=none', 'sort=lastSeenAt', 'limit=0', 'hostId=1', 'unknown=1', 'cursor=abc'])(
    'refuse %s',
    async (query) => {
      const { status, body } = await owner.send('get', `/v1/findings?${query}`);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      expect(body.errors[0].field.split('.')[0]).toBe(query.split('=')[0]);
    },
  );
});

describe('the catalogue', () => {
  test('is listed, filtered and read by id', async () => {
    const all = await owner.send('get', '/v1/checks').expect(200);
    expect(all.body.items.length).toBeGreaterThan(10);
    const found = await owner.send('get', '/v1/checks?search=privileged&theme=kernel-privileges').expect(200);
    expect(found.body.items.length).toBeLessThan(all.body.items.length);
    const one = await owner.send('get', '/v1/checks/container-privileged').expect(200);
    expect(one.body).toMatchObject({ id: 'container-privileged', severity: expect.any(String) });
    await owner.send('get', '/v1/checks/no-such-check').expect(404);
    await owner.send('get', '/v1/checks/NOT%20ONE').expect(422);
  });
});

test('every change of a host and a scan is in the audit log', async () => {
  const person = await new People(api).founder();
  const host = await register({}, person);
  await person.send('patch', `/v1/hosts/${host.id}`, { name: 'renamed' }).set('if-match', '*').expect(200);
  await person.send('post', `/v1/hosts/${host.id}/connection-tests`).expect(200);
  const scan = await start(host, person);
  await work(scan, person);
  await person.send('delete', `/v1/hosts/${host.id}`).expect(204);
  const log = await person.send('get', '/v1/audit-events?limit=200').expect(200);
  const actions = log.body.items.map(({ action }: { action: string }) => action);
  expect(actions).toEqual(
    expect.arrayContaining([
      'host.created',
      'host.updated',
      'host.connection-tested',
      'scan.started',
      'scan.succeeded',
      'host.deleted',
    ]),
  );
  expect(JSON.stringify(log.body)).not.toContain('PRIVATE KEY');
});

import { hash } from 'node:crypto';
import { bigTables, createTestDatabase, fillBigTables, known } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { featureModules } from './features.ts';
import { routesOfFeatures } from './openapi/feature-routes.ts';
import { createTestApi } from './testing/test-api.ts';
import type { TestApi } from './testing/test-api.ts';

/**
 * Every list is asked for over HTTP, with each filter and in each order, on tables with 100,000 rows. The SQL that the API
 * really sends is taken down on its way to the server and explained there, as the application's role behind row-level
 * security. What counts is how many rows PostgreSQL touches for a page, not how long it takes here.
 */
const { hostId, scanId, endpointId, actorId, answeredCheckId } = known;
const pageRows = 50;

/**
 * How much a list may read for a page: a few rows for each that it shows, or, where no index carries the filter (part of a
 * name, a rare value under another order), the rows of the tenant; never the table.
 */
type Reads = 'page' | 'tenant';

interface List {
  readonly path: string;
  /** Queries by what they may read. An empty one is the list itself. */
  readonly queries: readonly (readonly [query: string, reads: Reads])[];
  /** Shown from one stored document: the test's rows have none. */
  readonly isDocument?: true;
}

const lists: Readonly<Record<string, List>> = {
  listMembers: {
    path: '/v1/members',
    queries: [
      // Two policies let memberships be seen, which the planner takes for fewer rows than they are.
      ['', 'tenant'],
      ['search=99', 'tenant'],
    ],
  },
  listApiKeys: { path: '/v1/api-keys', queries: [['', 'page']] },
  listAuditEvents: {
    path: '/v1/audit-events',
    queries: [
      ['', 'page'],
      ['action=action-3', 'page'],
      [`actorId=${actorId}`, 'page'],
      ['subjectKind=kind-7', 'page'],
      ['subjectId=subject-5', 'page'],
      ['outcome=refused', 'tenant'],
      ['outcome=success', 'page'],
      ['outcome=refused&action=action-3', 'tenant'],
      ['from=2026-06-01T00:00:00Z', 'page'],
      ['until=2026-06-01T00:00:00Z', 'tenant'],
      ['from=2026-06-01T00:00:00Z&until=2026-06-02T00:00:00Z', 'tenant'],
    ],
  },
  listHosts: {
    path: '/v1/hosts',
    queries: [
      ...['name', '-name', 'score', '-score', 'createdAt', '-createdAt', 'lastScanAt', '-lastScanAt'].map(
        (sort) => [`sort=${sort}`, sort.endsWith('score') || sort.endsWith('lastScanAt') ? 'tenant' : 'page'] as const,
      ),
      ['search=77', 'tenant'],
      ['label=env%3Dprod', 'tenant'],
      ['state=unknown', 'tenant'],
      ['state=reachable', 'tenant'],
    ],
  },
  listHostContainers: {
    path: `/v1/hosts/${hostId}/containers`,
    queries: [
      ['', 'page'],
      ['search=a', 'page'],
    ],
    isDocument: true,
  },
  listHostImages: {
    path: `/v1/hosts/${hostId}/images`,
    queries: [
      ['', 'page'],
      ['search=a', 'page'],
    ],
    isDocument: true,
  },
  listHostScans: {
    path: `/v1/hosts/${hostId}/scans`,
    queries: [
      ['', 'page'],
      ['state=failed', 'page'],
      ['kind=rejudge', 'page'],
    ],
  },
  listScans: {
    path: '/v1/scans',
    queries: [
      ['', 'page'],
      [`hostId=${hostId}`, 'page'],
      ['state=failed', 'page'],
      ['kind=full', 'page'],
      ['kind=rejudge', 'tenant'],
    ],
  },
  listScanResults: {
    path: `/v1/scans/${scanId}/results`,
    queries: [['outcome=fail&check=a&theme=images', 'page']],
    isDocument: true,
  },
  listFindings: {
    path: '/v1/findings',
    queries: [
      ...['severity', '-severity', 'openedAt', '-openedAt'].flatMap(
        (sort) =>
          [
            [`sort=${sort}`, 'page'],
            [`sort=${sort}&status=open`, 'page'],
            [`sort=${sort}&hostId=${hostId}`, 'page'],
            [`sort=${sort}&check=check-7`, 'page'],
          ] as const,
      ),
      ['severity=low', 'page'],
      ['severity=low&status=open', 'page'],
      ['severity=low,high', 'tenant'],
      ['theme=images', 'page'],
      ['theme=orchestration', 'tenant'],
      ['search=nothing', 'tenant'],
      ['sort=-openedAt&severity=low', 'tenant'],
    ],
  },
  listHostQuestions: {
    path: `/v1/hosts/${hostId}/questions`,
    queries: [
      ['', 'page'],
      ['state=open', 'page'],
    ],
    isDocument: true,
  },
  listAnswers: { path: `/v1/hosts/${hostId}/questions/${answeredCheckId}/answers`, queries: [['', 'page']] },
  listWebhookEndpoints: { path: '/v1/webhook-endpoints', queries: [['', 'page']] },
  listWebhookDeliveries: {
    path: `/v1/webhook-endpoints/${endpointId}/deliveries`,
    queries: [
      ['', 'page'],
      ['state=failed', 'page'],
      ['state=delivered', 'page'],
      ['state=pending', 'page'],
      ['eventType=scan.failed', 'page'],
      ['eventType=scan.completed', 'page'],
      ['eventType=scan.completed&state=failed', 'page'],
    ],
  },
};

/** Few rows of a tenant by nature, and read whole. */
const small: Readonly<Record<string, string>> = { listInvitations: 'open invitations, which end after days' };

const routes = routesOfFeatures(featureModules).flatMap(({ endpoint, parameters }) => {
  const names = parameters.flatMap(({ place, schema }) =>
    place === 'query' && schema instanceof z.ZodObject ? Object.keys(schema.shape) : [],
  );
  return names.includes('limit') ? [{ operationId: endpoint.operationId, names }] : [];
});

const PlanNode = z.object({
  'Node Type': z.string(),
  'Relation Name': z.string().optional(),
  'Actual Rows': z.number(),
  'Actual Loops': z.number(),
  'Rows Removed by Filter': z.number().default(0),
  get Plans() {
    return z.array(PlanNode).default([]);
  },
});
type PlanNode = z.infer<typeof PlanNode>;
const Explained = z.tuple([z.object({ 'QUERY PLAN': z.tuple([z.object({ Plan: PlanNode })]) })]);
/** What `pg` is given: by Prisma, and by our own reads. */
const Sent = z.object({ text: z.string(), values: z.array(z.unknown()).readonly().default([]) });
type Sent = z.infer<typeof Sent>;

let db: TestDatabase;
let api: TestApi;
let asApplication: pg.Client;
const sent: Sent[] = [];
const key = `plim_listplan_${'0'.repeat(64)}`;
const ofBigTables = new RegExp(`\\b(?:${bigTables.join('|')})\\b`, 'u');

beforeAll(async () => {
  db = await createTestDatabase();
  await fillBigTables(db);
  api = await createTestApi(db, { checksWholeResponses: false });
  await db.asOwner(
    `INSERT INTO api_keys (id, tenant_id, name, prefix, hash, role) VALUES (gen_random_uuid(), $1, 'test', $2, $3, 'owner')`,
    [known.tenantId, key.slice(0, 13), hash('sha256', key, 'buffer')],
  );
  asApplication = new pg.Client({ connectionString: db.appUrl });
  await asApplication.connect();
  takeDownQueries();
}, 180_000);
afterAll(async () => {
  vi.restoreAllMocks();
  await asApplication.end();
  await api.close();
  await db.close();
});

/** Of what `pg` is given, by Prisma and by our own reads, the text goes to the server as it stands. */
const takeDownQueries = (): void => {
  const original: unknown = Reflect.get(pg.Client.prototype, 'query');
  if (typeof original !== 'function') throw new TypeError('pg.Client has no query');
  vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function query(this: pg.Client, ...given: unknown[]): void {
    const query_ = Sent.safeParse(given[0]);
    if (query_.success) sent.push({ ...query_.data, values: Array.isArray(given[1]) ? given[1] : query_.data.values });
    return Reflect.apply(original, this, given);
  });
};

test('the tables are as big as they are meant to be', async () => {
  for (const table of bigTables) {
    const rows = await db.asOwner<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`);
    expect(rows[0]?.count, table).toBeGreaterThanOrEqual(100_000);
  }
});

test('every list that the API serves is here, with each of its filters', () => {
  const expected = routes
    .filter(({ operationId }) => !(operationId in small))
    .map(({ operationId, names }) => [
      operationId,
      names.filter((name) => name !== 'limit' && name !== 'cursor').toSorted(),
    ]);
  const tried = Object.entries(lists).map(([operationId, { queries }]) => {
    const names = new Set(queries.flatMap(([query]) => [...new URLSearchParams(query).keys()]));
    return [operationId, [...names].toSorted()];
  });
  expect(Object.fromEntries(tried)).toEqual(Object.fromEntries(expected));
});

const cases = Object.entries(lists).flatMap(([operationId, { path, queries, isDocument }]) =>
  queries.map(([query, reads]) => ({ title: `${operationId} ${query}`.trim(), path, query, reads, isDocument })),
);
test.for(cases)('$title: a page is read through an index', async ({ path, query, reads, isDocument }) => {
  const first = await pageOf(path, query, undefined);
  expect([200, ...(isDocument === true ? [404] : [])]).toContain(first.status);
  await expectFewRows(first.queries, reads);
  // Far down the list, where a page must not cost more than the first.
  let cursor = first.nextCursor;
  for (let page = 0; page < 3 && cursor !== null; page += 1) {
    cursor = (await pageOf(path, query, cursor, 200)).nextCursor;
  }
  if (cursor !== null) await expectFewRows((await pageOf(path, query, cursor)).queries, reads);
});

/** Asks for a page, and takes down what was asked of the big tables meanwhile. */
async function pageOf(path: string, query: string, cursor: string | null | undefined, limit = pageRows) {
  sent.length = 0;
  const parameters = new URLSearchParams(query);
  parameters.set('limit', String(limit));
  if (typeof cursor === 'string') parameters.set('cursor', cursor);
  const response = await fetch(`${api.url}${path}?${parameters.toString()}`, {
    headers: { authorization: `Bearer ${key}` },
  });
  const { nextCursor = null } = z.object({ nextCursor: z.string().nullish() }).parse(await response.json());
  const queries = sent.filter(({ text }) => /^\s*(?:SELECT|WITH)/iu.test(text) && ofBigTables.test(text));
  return { status: response.status, nextCursor, queries };
}

async function expectFewRows(queries: readonly Sent[], reads: Reads): Promise<void> {
  expect(queries.length).toBeGreaterThan(0);
  for (const query of queries) {
    const onBigTables = scansOf(await explain(query)).filter((node) => bigTables.includes(node['Relation Name'] ?? ''));
    expect(onBigTables.filter((node) => node['Node Type'] === 'Seq Scan')).toEqual([]);
    const touched = onBigTables.reduce((sum, node) => sum + rowsTouched(node), 0);
    expect(touched, query.text).toBeLessThanOrEqual((reads === 'tenant' ? 3 * known.rowsOfTenant : 0) + 10 * pageRows);
  }
}

async function explain({ text, values }: Sent): Promise<PlanNode> {
  await asApplication.query('BEGIN');
  try {
    await asApplication.query(`SELECT set_config('app.tenant_id', $1, true)`, [known.tenantId]);
    const { rows } = await asApplication.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, [...values]);
    return Explained.parse(rows)[0]['QUERY PLAN'][0].Plan;
  } finally {
    await asApplication.query('ROLLBACK');
  }
}

function scansOf(node: PlanNode): PlanNode[] {
  const below = node.Plans.flatMap(scansOf);
  return node['Relation Name'] === undefined ? below : [node, ...below];
}

function rowsTouched(node: PlanNode): number {
  return (node['Actual Rows'] + node['Rows Removed by Filter']) * node['Actual Loops'];
}

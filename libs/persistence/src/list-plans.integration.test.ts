import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { Transaction } from './database.ts';
import { PrismaClient } from './generated/client.ts';
import { createTestDatabase } from './testing/index.ts';
import type { TestDatabase } from './testing/index.ts';
import { bigTables, fillBigTables, known } from './testing/big-tables.ts';

/**
 * The lists that the API serves, asked as the application's role behind row-level security, of tables with 100,000 rows.
 * What counts is how many rows PostgreSQL touches for a page, not how long it takes here.
 */
const take = 51;
const { tenantId, hostId, scanId, endpointId, actorId, at, id } = known;

interface List {
  readonly name: string;
  readonly ask: (tx: Transaction) => Promise<unknown>;
  /** Lists whose filter no index can carry (part of a name) read the tenant's rows, never the table. */
  readonly readsTenant?: true;
}

const lists: readonly List[] = [
  {
    name: 'hosts by name',
    ask: (tx) => tx.host.findMany({ orderBy: [{ name: 'asc' }, { id: 'asc' }], take }),
  },
  {
    name: 'hosts by name, far down the list',
    ask: (tx) =>
      tx.host.findMany({
        where: { name: { gte: 'host-02500' }, OR: [{ name: { gt: 'host-02500' } }, { id: { gt: id } }] },
        orderBy: [{ name: 'asc' }, { id: 'asc' }],
        take,
      }),
  },
  {
    name: 'hosts by score, the worst first',
    ask: (tx) => tx.host.findMany({ orderBy: [{ score: { sort: 'asc', nulls: 'last' } }, { id: 'asc' }], take }),
  },
  {
    name: 'hosts by last scan, the newest first',
    ask: (tx) => tx.host.findMany({ orderBy: [{ lastScanAt: 'desc' }, { id: 'desc' }], take }),
  },
  {
    name: 'hosts by age, the newest first',
    ask: (tx) => tx.host.findMany({ orderBy: [{ createdAt: 'desc' }, { id: 'desc' }], take }),
  },
  {
    name: 'hosts with a part of a name and a label',
    ask: (tx) =>
      tx.host.findMany({
        where: { name: { contains: '77', mode: 'insensitive' }, labels: { has: 'env=prod' } },
        orderBy: [{ name: 'asc' }, { id: 'asc' }],
        take,
      }),
    readsTenant: true,
  },
  {
    name: 'open findings, what to fix first',
    ask: (tx) =>
      tx.finding.findMany({ where: { status: 'open' }, orderBy: [{ priority: 'desc' }, { id: 'desc' }], take }),
  },
  {
    name: 'open findings, far down the list',
    ask: (tx) =>
      tx.finding.findMany({
        where: { status: 'open', priority: { lte: 120 }, OR: [{ priority: { lt: 120 } }, { id: { lt: id } }] },
        orderBy: [{ priority: 'desc' }, { id: 'desc' }],
        take,
      }),
  },
  {
    name: 'open findings of one severity',
    ask: (tx) =>
      tx.finding.findMany({
        where: { status: 'open', severity: 'low' },
        orderBy: [{ priority: 'desc' }, { id: 'desc' }],
        take,
      }),
  },
  {
    name: 'open findings of a host',
    ask: (tx) =>
      tx.finding.findMany({
        where: { hostId, status: 'open' },
        orderBy: [{ priority: 'desc' }, { id: 'desc' }],
        take,
      }),
  },
  {
    name: 'open findings of a check',
    ask: (tx) =>
      tx.finding.findMany({
        where: { checkId: 'check-7', status: 'open' },
        orderBy: [{ priority: 'desc' }, { id: 'desc' }],
        take,
      }),
  },
  {
    name: 'findings by age, the newest first',
    ask: (tx) => tx.finding.findMany({ orderBy: [{ openedAt: 'desc' }, { id: 'desc' }], take }),
  },
  {
    name: 'scans, the newest first',
    ask: (tx) => tx.scan.findMany({ orderBy: [{ queuedAt: 'desc' }, { id: 'desc' }], take }),
  },
  {
    name: 'failed scans, from a day on',
    ask: (tx) =>
      tx.scan.findMany({
        where: { state: 'failed', queuedAt: { lte: at }, OR: [{ queuedAt: { lt: at } }, { id: { lt: id } }] },
        orderBy: [{ queuedAt: 'desc' }, { id: 'desc' }],
        take,
      }),
  },
  {
    name: 'scans of a host',
    ask: (tx) => tx.scan.findMany({ where: { hostId }, orderBy: [{ queuedAt: 'desc' }, { id: 'desc' }], take }),
  },
  {
    name: 'events of a scan after one',
    ask: (tx) => tx.scanEvent.findMany({ where: { scanId, sequence: { gt: 3 } }, orderBy: { sequence: 'asc' }, take }),
  },
  {
    name: 'audit events, the newest first',
    ask: (tx) => tx.auditEvent.findMany({ where: { sequence: { lt: 4_000 } }, orderBy: { sequence: 'desc' }, take }),
  },
  {
    name: 'audit events of an actor',
    ask: (tx) => tx.auditEvent.findMany({ where: { actorId }, orderBy: { sequence: 'desc' }, take }),
  },
  {
    name: 'audit events of an action',
    ask: (tx) => tx.auditEvent.findMany({ where: { action: 'action-3' }, orderBy: { sequence: 'desc' }, take }),
  },
  {
    name: 'audit events about a thing',
    ask: (tx) => tx.auditEvent.findMany({ where: { subjectId: 'subject-5' }, orderBy: { sequence: 'desc' }, take }),
  },
  {
    name: 'deliveries of an endpoint, the newest first',
    ask: (tx) =>
      tx.webhookDelivery.findMany({ where: { endpointId }, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }], take }),
  },
  {
    name: 'answers to a question about a host, the newest first',
    ask: (tx) =>
      tx.hostAnswer.findMany({
        where: { hostId, checkId: 'check-7', answeredAt: { lte: at } },
        orderBy: [{ answeredAt: 'desc' }, { id: 'desc' }],
        take,
      }),
  },
  {
    name: 'failed deliveries of the tenant',
    ask: (tx) =>
      tx.webhookDelivery.findMany({
        where: { state: 'failed' },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take,
      }),
  },
];

const ScanNode = z.object({
  'Node Type': z.string(),
  'Relation Name': z.string().optional(),
  'Actual Rows': z.number(),
  'Actual Loops': z.number(),
  'Rows Removed by Filter': z.number().default(0),
});
const PlanNode = ScanNode.extend({
  get Plans() {
    return z.array(PlanNode).default([]);
  },
});
type PlanNode = z.infer<typeof PlanNode>;
const Explained = z.tuple([z.object({ 'QUERY PLAN': z.tuple([z.object({ Plan: PlanNode })]) })]);

let db: TestDatabase;
let prisma: PrismaClient<'query'>;
let asApplication: pg.Client;
const seen: { query: string; params: string }[] = [];

beforeAll(async () => {
  db = await createTestDatabase();
  await fillBigTables(db);
  const adapter = new PrismaPg({ connectionString: db.appUrl });
  prisma = new PrismaClient({ adapter, log: [{ emit: 'event', level: 'query' }] });
  prisma.$on('query', ({ query, params }) => void seen.push({ query, params }));
  asApplication = new pg.Client({ connectionString: db.appUrl });
  await asApplication.connect();
}, 120_000);
afterAll(async () => {
  await asApplication.end();
  await prisma.$disconnect();
  await db.close();
});

test('the tables are as big as they are meant to be', async () => {
  for (const table of bigTables) {
    const rows = await db.asOwner<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`);
    expect({ table, rows }).toEqual({ table, rows: [{ count: 100_000 }] });
  }
});

test.for(lists)('$name: a page is read through an index', async ({ ask, readsTenant }) => {
  for (const { query, params } of await queriesOf(ask)) {
    const scans = scansOf(await explain(query, z.array(z.unknown()).parse(JSON.parse(params))));
    const onBigTables = scans.filter((node) => bigTables.includes(node['Relation Name'] ?? ''));
    expect(onBigTables.filter((node) => node['Node Type'] === 'Seq Scan')).toEqual([]);
    const touched = onBigTables.reduce((sum, node) => sum + rowsTouched(node), 0);
    expect(touched).toBeGreaterThan(0);
    expect(touched).toBeLessThanOrEqual(readsTenant ? known.rowsOfTenant : 4 * take);
  }
});

/** The SQL that a list sends, but for the setting of the tenant. */
async function queriesOf(ask: List['ask']): Promise<typeof seen> {
  seen.length = 0;
  await prisma.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT set_config('app.tenant_id', ${tenantId}, true)`;
    seen.length = 0;
    await ask(tx);
  });
  return seen.filter(({ query }) => query.startsWith('SELECT'));
}

async function explain(query: string, params: unknown[]): Promise<PlanNode> {
  await asApplication.query('BEGIN');
  try {
    await asApplication.query(`SELECT set_config('app.tenant_id', $1, true)`, [tenantId]);
    const { rows } = await asApplication.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${query}`, params);
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

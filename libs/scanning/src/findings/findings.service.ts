import { catalogue } from '@plimsoll/checks';
import { type Actor, EvidenceItem, Finding, type FindingQuery, NotFound, type Page } from '@plimsoll/contracts';
import { type Database, Prisma, type SqlKeysetOrder, keysetOf, pageOfRows } from '@plimsoll/persistence';
import { z } from 'zod';

type Query = z.output<typeof FindingQuery>;

/** Worst first is what the priority says; the severity's own name has no order that a database knows. */
const orders: Readonly<Record<Query['sort'], SqlKeysetOrder>> = {
  severity: { name: 'findings:severity', column: 'f.priority', idColumn: 'f.id', type: 'integer', descending: true },
  '-severity': { name: 'findings:-severity', column: 'f.priority', idColumn: 'f.id', type: 'integer' },
  openedAt: { name: 'findings:openedAt', column: 'f.opened_at', idColumn: 'f.id', type: 'timestamptz' },
  '-openedAt': {
    name: 'findings:-openedAt',
    column: 'f.opened_at',
    idColumn: 'f.id',
    type: 'timestamptz',
    descending: true,
  },
};

const FindingRow = z.object({
  id: z.string(),
  hostId: z.string(),
  hostName: z.string(),
  checkId: z.string(),
  title: z.string(),
  theme: Finding.shape.theme,
  severity: Finding.shape.severity,
  priority: z.number(),
  status: Finding.shape.status,
  subjectKind: Finding.shape.subject.shape.kind,
  subjectName: z.string(),
  reason: z.string(),
  evidence: z.array(EvidenceItem).catch([]),
  remediation: z.string(),
  openedAt: z.date(),
  lastSeenAt: z.date(),
  fixedAt: z.date().nullable(),
  reopenedAt: z.date().nullable(),
  reopenedCount: z.number(),
  firstScanId: z.string().nullable(),
  lastScanId: z.string().nullable(),
  foundByCatalogueVersion: z.string(),
  catalogueVersion: z.string(),
});
type FindingRow = z.infer<typeof FindingRow>;

const columns = Prisma.sql`
  f.id, f.host_id AS "hostId", h.name AS "hostName", f.check_id AS "checkId", f.title, f.theme, f.severity, f.priority,
  f.status, f.subject_kind AS "subjectKind", f.subject_name AS "subjectName", f.reason, f.evidence, f.remediation,
  f.opened_at AS "openedAt", f.last_seen_at AS "lastSeenAt", f.fixed_at AS "fixedAt", f.reopened_at AS "reopenedAt",
  f.reopened_count AS "reopenedCount", f.first_scan_id AS "firstScanId", f.last_scan_id AS "lastScanId",
  f.found_by_catalogue_version AS "foundByCatalogueVersion", f.catalogue_version AS "catalogueVersion"`;

/** A tenant's findings across its hosts. */
export class FindingsService {
  readonly #database: Database;

  constructor({ database }: { readonly database: Database }) {
    this.#database = database;
  }

  async list({ tenantId }: Actor, query: Query): Promise<Page<Finding>> {
    const order = orders[query.sort];
    const { orderBy, after } = keysetOf(order, query.cursor);
    const conditions = Prisma.join([...filtersOf(tenantId, query), after], ' AND ');
    const limit = query.limit + 1;
    // First the ids of the page, by an index in its order; then what is shown of them.
    const rows = await this.#database.readForTenant(
      tenantId,
      Prisma.sql`
      SELECT ${columns}
      FROM (${pageOfIds(query, conditions, orderBy, limit)}) AS page
      JOIN findings f ON f.tenant_id = ${tenantId}::uuid AND f.id = page.id
      JOIN hosts h ON h.tenant_id = f.tenant_id AND h.id = f.host_id
      ORDER BY ${orderBy}`,
    );
    const parsed = z.array(FindingRow).parse(rows);
    const bySeverity = query.sort.endsWith('severity');
    return pageOfRows(
      order,
      parsed,
      query.limit,
      (row) => ({ value: bySeverity ? row.priority : row.openedAt, id: row.id }),
      findingOf,
    );
  }

  /** @throws NotFound */
  async get({ tenantId }: Actor, id: string): Promise<Finding> {
    const [row] = await this.#database.readForTenant(
      tenantId,
      Prisma.sql`
      SELECT ${columns}
      FROM findings f JOIN hosts h ON h.tenant_id = f.tenant_id AND h.id = f.host_id
      WHERE f.tenant_id = ${tenantId}::uuid AND f.id = ${id}::uuid`,
    );
    if (row === undefined) throw new NotFound({}, { detail: 'There is no such finding.' });
    return findingOf(FindingRow.parse(row));
  }
}

/** The indexes begin with the status; without one asked for, the page is the best of one page of each. */
const pageOfIds = (query: Query, conditions: Prisma.Sql, orderBy: Prisma.Sql, limit: number): Prisma.Sql => {
  const ofStatus = (status: string): Prisma.Sql => Prisma.sql`
    (SELECT f.id, f.priority, f.opened_at FROM findings f
     WHERE f.status = ${status} AND ${conditions} ORDER BY ${orderBy} LIMIT ${limit})`;
  if (query.status !== undefined) return ofStatus(query.status);
  return Prisma.sql`
    SELECT f.id FROM (${ofStatus('open')} UNION ALL ${ofStatus('fixed')}) AS f ORDER BY ${orderBy} LIMIT ${limit}`;
};

const filtersOf = (tenantId: string, query: Query): Prisma.Sql[] => {
  const filters = [Prisma.sql`f.tenant_id = ${tenantId}::uuid`];
  if (query.hostId !== undefined) filters.push(Prisma.sql`f.host_id = ${query.hostId}::uuid`);
  if (query.check !== undefined) filters.push(Prisma.sql`f.check_id = ${query.check}`);
  if (query.severity !== undefined) filters.push(Prisma.sql`f.severity = ANY (${query.severity}::text[])`);
  if (query.theme !== undefined) filters.push(Prisma.sql`f.theme = ANY (${query.theme}::text[])`);
  if (query.search !== undefined) {
    const places = ['f.title', 'f.reason', 'f.subject_name'].map(
      (column) => Prisma.sql`strpos(lower(${Prisma.raw(column)}), lower(${query.search})) > 0`,
    );
    filters.push(Prisma.sql`(${Prisma.join(places, ' OR ')})`);
  }
  return filters;
};

const checkById = new Map(catalogue.map((check) => [check.id, check]));

const findingOf = (row: FindingRow): Finding => ({
  id: row.id,
  hostId: row.hostId,
  hostName: row.hostName,
  check: row.checkId,
  title: row.title,
  theme: row.theme,
  cis: { ...checkById.get(row.checkId)?.cis },
  severity: row.severity,
  status: row.status,
  subject: { kind: row.subjectKind, name: row.subjectName },
  reason: row.reason,
  evidence: row.evidence,
  remediation: row.remediation,
  openedAt: row.openedAt.toISOString(),
  lastSeenAt: row.lastSeenAt.toISOString(),
  fixedAt: row.fixedAt?.toISOString() ?? null,
  reopenedAt: row.reopenedAt?.toISOString() ?? null,
  reopenedCount: row.reopenedCount,
  firstScanId: row.firstScanId,
  lastScanId: row.lastScanId,
  foundByCatalogueVersion: row.foundByCatalogueVersion,
  catalogueVersion: row.catalogueVersion,
});

import { catalogue } from '@plimsoll/checks';
import { type Actor, type FleetOverview, Severity, type SeverityCounts, Theme } from '@plimsoll/contracts';
import type { Database, Transaction } from '@plimsoll/persistence';
import { z } from 'zod';
import { type HostDayRow, trendOf } from './trend.ts';

const shownHosts = 5;
const shownChecks = 10;
const trendDays = 30;
const dayMs = 86_400_000;

const Totals = z.object({
  total: z.number(),
  reachable: z.number(),
  unreachable: z.number(),
  unknown: z.number(),
  neverScanned: z.number(),
  score: z.number().nullable(),
  critical: z.number(),
  high: z.number(),
  medium: z.number(),
  low: z.number(),
  info: z.number(),
});
const ThemeCount = z.object({ theme: Theme, severity: Severity, count: z.number() });
const CheckCount = z.object({
  check: z.string(),
  title: z.string(),
  severity: Severity,
  openFindings: z.number(),
  hosts: z.number(),
});
const Day = z.object({
  hostId: z.string(),
  day: z.iso.date(),
  score: z.number(),
  opened: z.number(),
  fixed: z.number(),
});

/** The whole fleet at a glance. */
export class OverviewService {
  readonly #database: Database;
  readonly #now: () => Date;

  constructor({ database, now = () => new Date() }: { readonly database: Database; readonly now?: () => Date }) {
    this.#database = database;
    this.#now = now;
  }

  read({ tenantId }: Actor): Promise<FleetOverview> {
    return this.#database.forTenant(tenantId, async (tx) => {
      const { score, total, reachable, unreachable, unknown, neverScanned, ...counts } = await readTotals(tx, tenantId);
      return {
        hosts: { total, reachable, unreachable, unknown, neverScanned },
        score,
        counts,
        byTheme: await readThemes(tx, tenantId),
        worstHosts: await readWorstHosts(tx, tenantId),
        topChecks: await readTopChecks(tx, tenantId),
        trend: trendOf(await readDays(tx, tenantId, this.#now()), this.#now(), trendDays),
        runningScans: await tx.scan.count({ where: { tenantId, state: { in: ['queued', 'running'] } } }),
      };
    });
  }
}

const readTotals = async (tx: Transaction, tenantId: string): Promise<z.infer<typeof Totals>> => {
  const [row] = await tx.$queryRaw<unknown[]>`
    SELECT count(*)::integer AS total,
           count(*) FILTER (WHERE reachability::text = 'reachable')::integer AS reachable,
           count(*) FILTER (WHERE reachability::text = 'unreachable')::integer AS unreachable,
           count(*) FILTER (WHERE reachability::text = 'unknown')::integer AS unknown,
           count(*) FILTER (WHERE last_scan_id IS NULL)::integer AS "neverScanned",
           round(avg(score))::integer AS score,
           COALESCE(sum(open_critical_count), 0)::integer AS critical,
           COALESCE(sum(open_high_count), 0)::integer AS high,
           COALESCE(sum(open_medium_count), 0)::integer AS medium,
           COALESCE(sum(open_low_count), 0)::integer AS low,
           COALESCE(sum(open_info_count), 0)::integer AS info
    FROM hosts WHERE tenant_id = ${tenantId}::uuid`;
  return Totals.parse(row);
};

const noFindings = (): SeverityCounts => ({ critical: 0, high: 0, medium: 0, low: 0, info: 0 });

const readThemes = async (tx: Transaction, tenantId: string): Promise<FleetOverview['byTheme']> => {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT theme, severity, count(*)::integer AS count FROM findings
    WHERE tenant_id = ${tenantId}::uuid AND status = 'open' GROUP BY theme, severity`;
  const byTheme = new Map(Theme.options.map((theme) => [theme, noFindings()]));
  for (const { theme, severity, count } of z.array(ThemeCount).parse(rows)) {
    const counts = byTheme.get(theme);
    if (counts !== undefined) counts[severity] += count;
  }
  return [...byTheme].map(([theme, counts]) => ({ theme, counts }));
};

const readWorstHosts = async (tx: Transaction, tenantId: string): Promise<FleetOverview['worstHosts']> => {
  const rows = await tx.host.findMany({
    where: { tenantId, score: { not: null } },
    orderBy: [{ score: 'asc' }, { id: 'asc' }],
    take: shownHosts,
  });
  return rows.map(({ id, name, score, simulated, ...row }) => ({
    id,
    name,
    score,
    simulated,
    counts: {
      critical: row.openCriticalCount,
      high: row.openHighCount,
      medium: row.openMediumCount,
      low: row.openLowCount,
      info: row.openInfoCount,
    },
  }));
};

const titleById = new Map(catalogue.map(({ id, title }) => [id, title]));

const readTopChecks = async (tx: Transaction, tenantId: string): Promise<FleetOverview['topChecks']> => {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT check_id AS check, min(title) AS title, (array_agg(severity ORDER BY priority DESC))[1] AS severity,
           count(*)::integer AS "openFindings", count(DISTINCT host_id)::integer AS hosts
    FROM findings WHERE tenant_id = ${tenantId}::uuid AND status = 'open'
    GROUP BY check_id ORDER BY max(priority) DESC, count(*) DESC, check_id LIMIT ${shownChecks}`;
  return z
    .array(CheckCount)
    .parse(rows)
    .map((row) => ({ ...row, title: titleById.get(row.check) ?? row.title }));
};

/** The days of the trend, and of each host the last one before it, from which the first days take their score. */
const readDays = async (tx: Transaction, tenantId: string, now: Date): Promise<HostDayRow[]> => {
  const first = new Date(now.getTime() - (trendDays - 1) * dayMs).toISOString().slice(0, 10);
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT host_id AS "hostId", to_char(day, 'YYYY-MM-DD') AS day, score, opened, fixed
    FROM host_days WHERE tenant_id = ${tenantId}::uuid AND day >= ${first}::date
    UNION ALL
    SELECT * FROM (
      SELECT DISTINCT ON (host_id) host_id, to_char(day, 'YYYY-MM-DD'), score, opened, fixed
      FROM host_days WHERE tenant_id = ${tenantId}::uuid AND day < ${first}::date
      ORDER BY host_id, host_days.day DESC) AS before`;
  return z.array(Day).parse(rows);
};

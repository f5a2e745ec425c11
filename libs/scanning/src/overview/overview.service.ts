import { catalogue } from '@plimsoll/checks';
import { type Actor, type FleetOverview, Severity, type SeverityCounts, Theme } from '@plimsoll/contracts';
import type { Database, Transaction } from '@plimsoll/persistence';
import { z } from 'zod';
import { priorityOf } from '../findings/score.ts';
import { type FleetDay, trendOf } from './trend.ts';

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
const CheckCount = z.object({
  check: z.string(),
  title: z.string(),
  theme: Theme,
  severity: Severity,
  count: z.number(),
});
type CheckCount = z.infer<typeof CheckCount>;
const CheckHosts = z.object({ check: z.string(), hosts: z.number() });
const Day = z.object({
  day: z.iso.date(),
  scoreChange: z.number(),
  newHosts: z.number(),
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
      const checks = await readCheckCounts(tx, tenantId);
      return {
        hosts: { total, reachable, unreachable, unknown, neverScanned },
        score,
        counts,
        byTheme: themesOf(checks),
        worstHosts: await readWorstHosts(tx, tenantId),
        topChecks: await readTopChecks(tx, tenantId, checks),
        trend: trendOf(await readDays(tx, tenantId, this.#now()), this.#now(), trendDays),
        runningScans: await tx.scan.count({ where: { tenantId, kind: 'full', state: { in: ['queued', 'running'] } } }),
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

/** Open findings by check, theme and severity: read once, from which both of the next two are made. */
const readCheckCounts = async (tx: Transaction, tenantId: string): Promise<CheckCount[]> => {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT check_id AS check, min(title) AS title, theme, severity, count(*)::integer AS count FROM findings
    WHERE tenant_id = ${tenantId}::uuid AND status = 'open' GROUP BY check_id, theme, severity`;
  return z.array(CheckCount).parse(rows);
};

const noFindings = (): SeverityCounts => ({ critical: 0, high: 0, medium: 0, low: 0, info: 0 });

const themesOf = (rows: readonly CheckCount[]): FleetOverview['byTheme'] => {
  const byTheme = new Map(Theme.options.map((theme) => [theme, noFindings()]));
  for (const { theme, severity, count } of rows) {
    const counts = byTheme.get(theme);
    if (counts !== undefined) counts[severity] += count;
  }
  return [...byTheme].map(([theme, counts]) => ({ theme, counts }));
};

const titleById = new Map(catalogue.map(({ id, title }) => [id, title]));
type TopCheck = FleetOverview['topChecks'][number];

/** The worst checks, and among equals the most frequent. */
const readTopChecks = async (tx: Transaction, tenantId: string, rows: readonly CheckCount[]): Promise<TopCheck[]> => {
  const byCheck = new Map<string, Omit<TopCheck, 'hosts'>>();
  for (const { check, title, severity, count } of rows) {
    const known = byCheck.get(check);
    const isWorse = known === undefined || priorityOf(severity) > priorityOf(known.severity);
    byCheck.set(check, {
      check,
      title: titleById.get(check) ?? title,
      severity: isWorse ? severity : known.severity,
      openFindings: count + (known?.openFindings ?? 0),
    });
  }
  const top = [...byCheck.values()]
    .toSorted(
      (a, b) =>
        priorityOf(b.severity) - priorityOf(a.severity) ||
        b.openFindings - a.openFindings ||
        (a.check < b.check ? -1 : 1),
    )
    .slice(0, shownChecks);
  const hosts = await tx.$queryRaw<unknown[]>`
    SELECT check_id AS check, count(DISTINCT host_id)::integer AS hosts FROM findings
    WHERE tenant_id = ${tenantId}::uuid AND status = 'open' AND check_id = ANY (${top.map(({ check }) => check)}::text[])
    GROUP BY check_id`;
  const hostsByCheck = new Map(
    z
      .array(CheckHosts)
      .parse(hosts)
      .map((row) => [row.check, row.hosts]),
  );
  return top.map((one) => ({ ...one, hosts: hostsByCheck.get(one.check) ?? 0 }));
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

/** What changed on each day of the trend; one more day before it stands for all that was before. */
const readDays = async (tx: Transaction, tenantId: string, now: Date): Promise<FleetDay[]> => {
  const first = new Date(now.getTime() - (trendDays - 1) * dayMs).toISOString().slice(0, 10);
  const rows = await tx.$queryRaw<unknown[]>`
    WITH host_day AS (
      SELECT before.host_id, ${first}::date - 1 AS day, before.score, 0 AS opened, 0 AS fixed
      FROM hosts h CROSS JOIN LATERAL (
        SELECT d.host_id, d.score FROM host_days d
        WHERE d.tenant_id = ${tenantId}::uuid AND d.host_id = h.id AND d.day < ${first}::date
        ORDER BY d.day DESC LIMIT 1
      ) AS before
      WHERE h.tenant_id = ${tenantId}::uuid
      UNION ALL
      SELECT host_id, day, score, opened, fixed FROM host_days
      WHERE tenant_id = ${tenantId}::uuid AND day >= ${first}::date
    ), change AS (
      SELECT day, opened, fixed, score, lag(score) OVER (PARTITION BY host_id ORDER BY day) AS earlier FROM host_day
    )
    SELECT to_char(day, 'YYYY-MM-DD') AS day, sum(score - COALESCE(earlier, 0))::integer AS "scoreChange",
           count(*) FILTER (WHERE earlier IS NULL)::integer AS "newHosts",
           sum(opened)::integer AS opened, sum(fixed)::integer AS fixed
    FROM change GROUP BY change.day ORDER BY change.day`;
  return z.array(Day).parse(rows);
};

import type { Host } from '@plimsoll/contracts';
import { type Database, Prisma } from '@plimsoll/persistence';

/** What is read of a host for the API; never the key. */
export const hostInclude = {
  credential: {
    select: { subject: true, issuer: true, notAfter: true, authorityNotAfter: true, fingerprint: true },
  },
} satisfies Prisma.HostInclude;
export type HostRow = Prisma.HostGetPayload<{ include: typeof hostInclude }>;

/** What is shown of a host, however it was read. */
export type HostRead = Omit<
  HostRow,
  'tenantId' | 'engineName' | 'apiVersion' | 'operatingSystem' | 'architecture' | 'containerCount' | 'imageCount'
>;

/** A host as `hostColumns` read it: the credential's columns lie beside the host's own. */
interface FlatHostRow extends Omit<HostRead, 'credential'> {
  readonly subject: string;
  readonly issuer: string;
  readonly notAfter: Date;
  readonly authorityNotAfter: Date;
  /** Null for a host without a credential, and then the other three are too. */
  readonly fingerprint: string | null;
}

/** What the API shows of a host, by one query. */
const hostColumns = Prisma.sql`
  h.id, h.name, h.address, h.labels, h.simulated, h.list_processes AS "listProcesses",
  h.inspect_host_files AS "inspectHostFiles", h.reachability,
  h.reachability_reason AS "reachabilityReason", h.reachability_detail AS "reachabilityDetail",
  h.reachability_next_step AS "reachabilityNextStep", h.reachability_checked_at AS "reachabilityCheckedAt", h.score,
  h.open_critical_count AS "openCriticalCount", h.open_high_count AS "openHighCount",
  h.open_medium_count AS "openMediumCount", h.open_low_count AS "openLowCount", h.open_info_count AS "openInfoCount",
  h.engine_version AS "engineVersion", h.last_scan_id AS "lastScanId", h.last_scan_at AS "lastScanAt",
  h.last_scan_state AS "lastScanState", h.version, h.created_at AS "createdAt", h.updated_at AS "updatedAt",
  c.subject, c.issuer, c.not_after AS "notAfter", c.authority_not_after AS "authorityNotAfter", c.fingerprint
  FROM hosts h LEFT JOIN host_credentials c ON c.tenant_id = h.tenant_id AND c.host_id = h.id`;

/** @param where what stands behind `FROM hosts h`: condition, order, limit */
export const readHostRows = async (database: Database, tenantId: string, where: Prisma.Sql): Promise<HostRead[]> => {
  const rows = await database.readForTenant<FlatHostRow>(tenantId, Prisma.sql`SELECT ${hostColumns} ${where}`);
  return rows.map((row) => {
    const { subject, issuer, notAfter, authorityNotAfter, fingerprint } = row;
    const credential = fingerprint === null ? null : { subject, issuer, notAfter, authorityNotAfter, fingerprint };
    // Added to the row, which is nobody else's: a copy of thirty columns takes as long as all the rest.
    return Object.assign(row, { credential });
  });
};

export const hostOf = (row: HostRead): Host => ({
  id: row.id,
  name: row.name,
  address: row.address,
  labels: labelsOf(row.labels),
  simulated: row.simulated,
  processLists: row.listProcesses,
  inspectHostFiles: row.inspectHostFiles,
  credential:
    row.credential === null
      ? null
      : {
          subject: row.credential.subject,
          issuer: row.credential.issuer,
          notAfter: row.credential.notAfter.toISOString(),
          fingerprint256: row.credential.fingerprint,
          authorityNotAfter: row.credential.authorityNotAfter.toISOString(),
        },
  reachability: {
    state: row.reachability,
    reason: row.reachabilityReason,
    detail: row.reachabilityDetail,
    nextStep: row.reachabilityNextStep,
    checkedAt: row.reachabilityCheckedAt?.toISOString() ?? null,
  },
  score: row.score,
  counts: {
    critical: row.openCriticalCount,
    high: row.openHighCount,
    medium: row.openMediumCount,
    low: row.openLowCount,
    info: row.openInfoCount,
  },
  engineVersion: row.engineVersion,
  lastScanId: row.lastScanId,
  lastScanAt: row.lastScanAt?.toISOString() ?? null,
  lastScanState: row.lastScanState,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
  version: row.version,
});

/** `{ team: 'payments' }` as it is stored: `['team=payments']`, sorted. Label names hold no `=`. */
export const storedLabels = (labels: Readonly<Record<string, string>>): string[] =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .toSorted();

export const labelsOf = (stored: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    stored.map((label) => {
      const end = label.indexOf('=');
      return [label.slice(0, end), label.slice(end + 1)];
    }),
  );

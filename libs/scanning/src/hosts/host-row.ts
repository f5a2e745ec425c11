import type { Host } from '@plimsoll/contracts';
import type { Prisma } from '@plimsoll/persistence';

/** What is read of a host for the API; never the key. */
export const hostInclude = {
  credential: {
    select: { subject: true, issuer: true, notAfter: true, authorityNotAfter: true, fingerprint: true },
  },
} satisfies Prisma.HostInclude;
export type HostRow = Prisma.HostGetPayload<{ include: typeof hostInclude }>;

export const hostOf = (row: HostRow): Host => ({
  id: row.id,
  name: row.name,
  address: row.address,
  labels: labelsOf(row.labels),
  simulated: row.simulated,
  processLists: row.listProcesses,
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

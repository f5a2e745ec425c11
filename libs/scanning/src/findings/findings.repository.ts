import { hash } from 'node:crypto';
import { Severity, SubjectKind } from '@plimsoll/contracts';
import { type Transaction, newId } from '@plimsoll/persistence';
import { z } from 'zod';
import type { Observation } from './observe.ts';
import type { EarlierFinding, Reconciliation, SeenFinding } from './reconcile.ts';
import { priorityOf } from './score.ts';
import { storableEvidence, storableLines, storableText } from './storable.ts';

/** The scan in whose name findings are written. */
export interface FindingsOfScan {
  readonly tenantId: string;
  readonly hostId: string;
  readonly scanId: string;
  readonly at: Date;
  readonly catalogueVersion: string;
  /** False where a stored snapshot was judged anew: nobody has looked at the host, so nothing was seen again. */
  readonly hasSeenHost: boolean;
}

const EarlierRow = z.object({
  id: z.string(),
  fingerprint: z.string(),
  status: z.enum(['open', 'fixed']),
  checkId: z.string(),
  title: z.string(),
  severity: Severity,
  reason: z.string(),
  subjectKind: SubjectKind,
  subjectName: z.string(),
  subjectLastingName: z.string(),
  contentHash: z.string(),
});

/** Every open finding of the host, and the fixed ones that are failing again. */
export const readEarlierFindings = async (
  tx: Transaction,
  { tenantId, hostId }: Pick<FindingsOfScan, 'tenantId' | 'hostId'>,
  failing: readonly string[],
): Promise<EarlierFinding[]> => {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT id, fingerprint, status, check_id AS "checkId", title, severity, reason, subject_kind AS "subjectKind",
           subject_name AS "subjectName", subject_lasting_name AS "subjectLastingName",
           content_hash AS "contentHash"
    FROM findings
    WHERE tenant_id = ${tenantId}::uuid AND host_id = ${hostId}::uuid
      AND (status = 'open' OR fingerprint = ANY (${[...failing]}::text[]))`;
  return z
    .array(EarlierRow)
    .parse(rows)
    .map(({ subjectKind, subjectName, subjectLastingName, ...row }) => ({
      ...row,
      subject: { kind: subjectKind, name: subjectName, lastingName: subjectLastingName },
    }));
};

/** Ids by fingerprint of the findings that were opened. */
export type OpenedIds = ReadonlyMap<string, string>;

/** Writes what a scan changed: a handful of statements, however many findings there are. */
export const writeReconciliation = async (
  tx: Transaction,
  scan: FindingsOfScan,
  { opened, reopened, seen, fixed }: Reconciliation,
): Promise<OpenedIds> => {
  const ids = new Map(opened.map(({ fingerprint }) => [fingerprint, newId()]));
  await insertOpened(tx, scan, opened, ids);
  await updateSeen(tx, scan, seen);
  await updateReopened(tx, scan, reopened);
  await markFixed(tx, scan, fixed);
  return ids;
};

/** What is shown of a finding, as it is stored. */
const contentOf = ({ severity, title, subject, reason, evidence, remediation }: Observation) => {
  const content = {
    severity,
    title,
    subjectName: storableText(subject.name),
    reason: storableText(reason),
    evidence: JSON.stringify(storableEvidence(evidence)),
    remediation: storableLines(remediation),
  };
  return { ...content, contentHash: hash('sha256', JSON.stringify(content), 'base64url') };
};
type Content = ReturnType<typeof contentOf>;

/** One list per column, as `unnest` takes them. */
const columnsOf = (contents: readonly Content[]) => ({
  severities: contents.map(({ severity }) => severity),
  priorities: contents.map(({ severity }) => priorityOf(severity)),
  titles: contents.map(({ title }) => title),
  subjectNames: contents.map(({ subjectName }) => subjectName),
  reasons: contents.map(({ reason }) => reason),
  evidence: contents.map(({ evidence }) => evidence),
  remediations: contents.map(({ remediation }) => remediation),
  contentHashes: contents.map(({ contentHash }) => contentHash),
});

const insertOpened = async (
  tx: Transaction,
  { tenantId, hostId, scanId, at, catalogueVersion }: FindingsOfScan,
  opened: readonly Observation[],
  ids: OpenedIds,
): Promise<void> => {
  if (opened.length === 0) return;
  const columns = columnsOf(opened.map(contentOf));
  await tx.$executeRaw`
    INSERT INTO findings (tenant_id, host_id, status, opened_at, last_seen_at, first_scan_id, last_scan_id,
                          found_by_catalogue_version, catalogue_version, id, fingerprint, check_id, theme, subject_kind, subject_lasting_name,
                          severity, priority, title, subject_name, reason, evidence, remediation, content_hash)
    SELECT ${tenantId}::uuid, ${hostId}::uuid, 'open', ${at}::timestamptz, ${at}::timestamptz, ${scanId}::uuid,
           ${scanId}::uuid, ${catalogueVersion}, ${catalogueVersion}, one.*
    FROM unnest(${opened.map(({ fingerprint }) => ids.get(fingerprint) ?? newId())}::uuid[],
                ${opened.map(({ fingerprint }) => fingerprint)}::text[],
                ${opened.map(({ checkId }) => checkId)}::text[],
                ${opened.map(({ theme }) => theme)}::text[],
                ${opened.map(({ subject }) => subject.kind)}::text[],
                ${opened.map(({ subject }) => storableText(subject.lastingName))}::text[],
                ${columns.severities}::text[], ${columns.priorities}::integer[], ${columns.titles}::text[],
                ${columns.subjectNames}::text[], ${columns.reasons}::text[], ${columns.evidence}::jsonb[],
                ${columns.remediations}::text[], ${columns.contentHashes}::text[]) AS one`;
};

/** Most findings look the same at every scan: for these, only that they were seen is written. */
const updateSeen = async (tx: Transaction, scan: FindingsOfScan, seen: readonly SeenFinding[]): Promise<void> => {
  const contents = seen.map(({ earlier, observation }) => ({ earlier, content: contentOf(observation) }));
  const changed = contents.filter(({ earlier, content }) => earlier.contentHash !== content.contentHash);
  const same = contents.filter(({ earlier, content }) => earlier.contentHash === content.contentHash);
  await updateContent(
    tx,
    scan,
    changed.map(({ earlier }) => earlier.id),
    changed.map(({ content }) => content),
  );
  if (same.length === 0) return;
  const ids = same.map(({ earlier }) => earlier.id);
  await (scan.hasSeenHost ? updateSame(tx, scan, ids) : updateCatalogueVersion(tx, scan, ids));
};

const updateSame = (tx: Transaction, scan: FindingsOfScan, ids: readonly string[]): Promise<number> =>
  tx.$executeRaw`
    UPDATE findings
    SET last_seen_at = ${scan.at}::timestamptz, last_scan_id = ${scan.scanId}::uuid,
        catalogue_version = ${scan.catalogueVersion}
    WHERE tenant_id = ${scan.tenantId}::uuid AND id = ANY (${[...ids]}::uuid[])`;

const updateCatalogueVersion = (tx: Transaction, scan: FindingsOfScan, ids: readonly string[]): Promise<number> =>
  tx.$executeRaw`
    UPDATE findings SET catalogue_version = ${scan.catalogueVersion}
    WHERE tenant_id = ${scan.tenantId}::uuid AND id = ANY (${[...ids]}::uuid[])
      AND catalogue_version <> ${scan.catalogueVersion}`;

const updateContent = async (
  tx: Transaction,
  scan: FindingsOfScan,
  ids: readonly string[],
  contents: readonly Content[],
): Promise<void> => {
  if (ids.length === 0) return;
  const columns = columnsOf(contents);
  await tx.$executeRaw`
    UPDATE findings AS f
    SET last_seen_at = CASE WHEN ${scan.hasSeenHost} THEN ${scan.at}::timestamptz ELSE f.last_seen_at END,
        last_scan_id = CASE WHEN ${scan.hasSeenHost} THEN ${scan.scanId}::uuid ELSE f.last_scan_id END,
        catalogue_version = ${scan.catalogueVersion}, severity = one.severity, priority = one.priority,
        title = one.title, subject_name = one.subject_name, reason = one.reason, evidence = one.evidence,
        remediation = one.remediation, content_hash = one.content_hash
    FROM unnest(${[...ids]}::uuid[], ${columns.severities}::text[],
                ${columns.priorities}::integer[], ${columns.titles}::text[], ${columns.subjectNames}::text[],
                ${columns.reasons}::text[], ${columns.evidence}::jsonb[], ${columns.remediations}::text[],
                ${columns.contentHashes}::text[])
         AS one (id, severity, priority, title, subject_name, reason, evidence, remediation, content_hash)
    WHERE f.tenant_id = ${scan.tenantId}::uuid AND f.id = one.id`;
};

const updateReopened = async (
  tx: Transaction,
  scan: FindingsOfScan,
  reopened: readonly SeenFinding[],
): Promise<void> => {
  if (reopened.length === 0) return;
  await updateSeen(tx, scan, reopened);
  await tx.$executeRaw`
    UPDATE findings
    SET status = 'open', fixed_at = NULL, reopened_at = ${scan.at}::timestamptz, reopened_count = reopened_count + 1,
        last_scan_id = ${scan.scanId}::uuid, found_by_catalogue_version = ${scan.catalogueVersion}
    WHERE tenant_id = ${scan.tenantId}::uuid AND id = ANY (${reopened.map(({ earlier }) => earlier.id)}::uuid[])`;
};

const markFixed = async (tx: Transaction, scan: FindingsOfScan, fixed: readonly EarlierFinding[]): Promise<void> => {
  if (fixed.length === 0) return;
  await tx.$executeRaw`
    UPDATE findings
    SET status = 'fixed', fixed_at = ${scan.at}::timestamptz, last_scan_id = ${scan.scanId}::uuid,
        catalogue_version = ${scan.catalogueVersion}
    WHERE tenant_id = ${scan.tenantId}::uuid AND id = ANY (${fixed.map(({ id }) => id)}::uuid[])`;
};

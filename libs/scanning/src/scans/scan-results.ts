import type { CheckResult } from '@plimsoll/checks';
import { CheckResultDocument, type Outcome } from '@plimsoll/contracts';
import { type Prisma, type Transaction, compressJson, decompressJson } from '@plimsoll/persistence';
import { compareResults, toResultDocument } from '@plimsoll/reports';
import { z } from 'zod';

const Documents = z.array(CheckResultDocument);

/** What every check said, ready to be stored: counts to be asked by SQL, and all results compressed. */
export interface StoredResults {
  readonly outcomes: Record<string, Record<Outcome, number>>;
  readonly content: Uint8Array<ArrayBuffer>;
}

export const packResults = async (results: readonly CheckResult[]): Promise<StoredResults> => ({
  outcomes: outcomesByCheck(results),
  content: (await compressJson(results.map(toResultDocument).toSorted(compareResults))).content,
});

const outcomesByCheck = (results: readonly CheckResult[]): Record<string, Record<Outcome, number>> => {
  const byCheck = new Map<string, Record<Outcome, number>>();
  for (const { check, outcome } of results) {
    const counts = byCheck.get(check.id) ?? { pass: 0, fail: 0, unknown: 0, 'not-applicable': 0 };
    counts[outcome] += 1;
    byCheck.set(check.id, counts);
  }
  return Object.fromEntries(byCheck);
};

/** What every check said, as it was stored with the scan or judgement. */
export interface StoredJudgement {
  readonly scanId: string;
  readonly catalogueVersion: string;
  readonly judgedAt: Date;
  /** Worst first. */
  readonly results: CheckResultDocument[];
}

const columns = {
  scanId: true,
  catalogueVersion: true,
  createdAt: true,
  results: true,
} as const;

/** @returns undefined where there is none, or none any more */
export const readScanResults = async (
  tx: Transaction,
  tenantId: string,
  scanId: string,
): Promise<StoredJudgement | undefined> =>
  unpacked(await tx.checkSummary.findFirst({ where: { tenantId, scanId }, select: columns }));

/** Of the newest scan or judgement of a host that has a result. */
export const readNewestResults = async (
  tx: Transaction,
  tenantId: string,
  hostId: string,
): Promise<StoredJudgement | undefined> =>
  unpacked(
    await tx.checkSummary.findFirst({
      where: { tenantId, hostId },
      orderBy: [{ createdAt: 'desc' }, { scanId: 'desc' }],
      select: columns,
    }),
  );

type Row = Prisma.CheckSummaryGetPayload<{ select: typeof columns }>;

const unpacked = async (row: Row | null): Promise<StoredJudgement | undefined> =>
  row === null
    ? undefined
    : {
        scanId: row.scanId,
        catalogueVersion: row.catalogueVersion,
        judgedAt: row.createdAt,
        results: Documents.parse(await decompressJson(row.results)),
      };

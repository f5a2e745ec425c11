import type { CheckResult } from '@plimsoll/checks';
import { CheckResultDocument, type Outcome, type ScanResults } from '@plimsoll/contracts';
import { type Transaction, compressJson, decompressJson } from '@plimsoll/persistence';
import { toResultDocument } from '@plimsoll/reports';
import { z } from 'zod';

const Documents = z.array(CheckResultDocument);

/** What every check said, ready to be stored: counts to be asked by SQL, and all results compressed. */
export interface StoredResults {
  readonly outcomes: Record<string, Record<Outcome, number>>;
  readonly content: Uint8Array<ArrayBuffer>;
}

export const packResults = async (results: readonly CheckResult[]): Promise<StoredResults> => ({
  outcomes: outcomesByCheck(results),
  content: (await compressJson(results.map(toResultDocument))).content,
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

export const readScanResults = async (
  tx: Transaction,
  tenantId: string,
  scanId: string,
): Promise<z.infer<typeof ScanResults> | undefined> => {
  const row = await tx.checkSummary.findFirst({
    where: { tenantId, scanId },
    select: { catalogueVersion: true, results: true },
  });
  if (row === null) return undefined;
  const results = Documents.parse(await decompressJson(row.results));
  return { scanId, catalogueVersion: row.catalogueVersion, results };
};

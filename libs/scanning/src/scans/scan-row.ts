import { AdjustedParameter, HostFilesState, MissingPart, type Scan, ScanState } from '@plimsoll/contracts';
import type { Prisma } from '@plimsoll/persistence';
import { z } from 'zod';

export const scanInclude = {
  host: { select: { name: true } },
  checkSummary: { select: { adjustedParameters: true } },
} satisfies Prisma.ScanInclude;
export type ScanRow = Prisma.ScanGetPayload<{ include: typeof scanInclude }>;

const AdjustedParameters = z.array(AdjustedParameter).catch([]);
const MissingParts = z.array(MissingPart);

export const scanOf = (row: ScanRow): Scan => {
  const state = ScanState.parse(row.state);
  const isJudged = state === 'succeeded' || state === 'partial';
  return {
    id: row.id,
    hostId: row.hostId,
    hostName: row.host.name,
    kind: row.kind,
    state,
    progress: { percent: row.progressPercent, step: row.stage },
    reason: row.reason,
    detail: row.reasonDetail,
    nextStep: row.nextStep,
    missingParts: MissingParts.parse(row.missingParts),
    hostFiles: HostFilesState.nullable().parse(row.hostFiles),
    requestedBy: row.requestedByName,
    queuedAt: row.queuedAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
    durationMs:
      row.finishedAt === null || row.startedAt === null ? null : row.finishedAt.getTime() - row.startedAt.getTime(),
    catalogueVersion: row.catalogueVersion,
    adjustedParameters: AdjustedParameters.parse(row.checkSummary?.adjustedParameters ?? []),
    score: row.score,
    counts: isJudged
      ? {
          critical: row.criticalCount,
          high: row.highCount,
          medium: row.mediumCount,
          low: row.lowCount,
          info: row.infoCount,
        }
      : null,
    opened: isJudged ? row.openedCount : null,
    fixed: isJudged ? row.fixedCount : null,
    reopened: isJudged ? row.reopenedCount : null,
  };
};

import { z } from 'zod';
import { AdjustedParameter } from './check-parameters.ts';
import { SeverityCounts } from './hosts.ts';
import { pageOf, pageQuery } from './pagination.ts';
import { Timestamp, Uuid, line } from './text.ts';
import { Outcome, Severity, SubjectKind, Theme } from './vocabulary.ts';

export const scanStates = ['queued', 'running', 'succeeded', 'partial', 'failed', 'cancelled'] as const;
export const ScanState = z.enum(scanStates).meta({ id: 'ScanState' });
export type ScanState = z.infer<typeof ScanState>;

export const ScanKind = z.enum(['full', 'rejudge']).meta({
  id: 'ScanKind',
  description:
    '`full` reads the host and judges what was read; `rejudge` judges the newest stored snapshot anew, with no contact to the host.',
});
export type ScanKind = z.infer<typeof ScanKind>;

export const MissingPart = z
  .strictObject({ part: z.string(), reason: z.string(), detail: z.string() })
  .meta({ id: 'MissingPart' });
export const HostFilesState = z.enum(['off', 'asked', 'read', 'not-read']).meta({
  id: 'HostFilesState',
  description:
    'Whether files of the host were read: `asked` is under way, or a scan that ended before it could tell; for `not-read` see `missingParts`. Null where the host was not contacted, or not yet.',
});
export type HostFilesState = z.infer<typeof HostFilesState>;
export const Scan = z
  .strictObject({
    id: Uuid,
    hostId: Uuid,
    hostName: z.string(),
    kind: ScanKind,
    state: ScanState,
    progress: z.strictObject({ percent: z.int().min(0).max(100), step: z.string() }),
    reason: z.string().nullable().meta({ description: 'Stable code of why it failed or is partial.' }),
    detail: z.string().nullable(),
    nextStep: z.string().nullable(),
    missingParts: z.array(MissingPart),
    hostFiles: HostFilesState.nullable(),
    requestedBy: z.string(),
    queuedAt: Timestamp,
    startedAt: Timestamp.nullable(),
    finishedAt: Timestamp.nullable(),
    durationMs: z.int().nullable(),
    catalogueVersion: z.string().nullable(),
    adjustedParameters: z
      .array(AdjustedParameter)
      .meta({ description: 'Parameters of checks that differed from their defaults; kept as long as the results.' }),
    score: z.int().nullable(),
    counts: SeverityCounts.nullable(),
    opened: z.int().nullable(),
    fixed: z.int().nullable(),
    reopened: z.int().nullable(),
  })
  .meta({ id: 'Scan' });
export type Scan = z.infer<typeof Scan>;
export const StartScan = z.strictObject({}).meta({ id: 'StartScan', description: 'No settings yet: `{}`.' });
export const JudgeAgain = z.strictObject({}).meta({ id: 'JudgeAgain', description: 'No settings yet: `{}`.' });
export const ScanQuery = z.strictObject({
  ...pageQuery,
  hostId: Uuid.optional(),
  state: ScanState.optional(),
  kind: ScanKind.optional(),
});
export const HostScanQuery = ScanQuery.omit({ hostId: true });
export const ScanPage = pageOf(Scan).meta({ id: 'ScanPage' });

/** What `/v1/scans/{id}/events` sends; `id` of the event is `sequence`, for `Last-Event-ID`. */
export const ScanProgressEvent = z
  .strictObject({
    sequence: z.int(),
    at: Timestamp,
    state: ScanState,
    percent: z.int(),
    step: z.string(),
    detail: z.string().nullable(),
  })
  .meta({ id: 'ScanProgressEvent' });
export type ScanProgressEvent = z.infer<typeof ScanProgressEvent>;

export const EvidenceItem = z
  .strictObject({
    source: z.string(),
    value: z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]),
  })
  .meta({ id: 'EvidenceItem' });

/** One check on one thing; the same shape in the CLI's JSON and in the API. */
export const CheckResultDocument = z
  .strictObject({
    check: z.string(),
    title: z.string(),
    theme: Theme,
    cis: z.record(z.string(), z.string()),
    severity: Severity,
    outcome: Outcome,
    subject: z.strictObject({ kind: SubjectKind, name: z.string() }),
    reason: z.string(),
    wouldTell: z.string().nullable(),
    causedBy: z.string().nullable(),
    evidence: z.array(EvidenceItem),
    remediation: z.string(),
  })
  .meta({ id: 'CheckResult' });
export type CheckResultDocument = z.infer<typeof CheckResultDocument>;
/** A page of what a scan's checks said. The worst come first: failures by severity, then what could not be told. */
export const ScanResultPage = pageOf(CheckResultDocument).meta({ id: 'ScanResultPage' });
export const ScanResultsQuery = z.strictObject({
  ...pageQuery,
  outcome: Outcome.optional(),
  check: line(100).optional(),
  theme: Theme.optional(),
});

import type { CheckResult } from '@plimsoll/checks';
import {
  type AdjustedParameter,
  type CheckResultDocument,
  type Compliance,
  type Outcome,
  type Severity,
  outcomes,
  severities,
} from '@plimsoll/contracts';
import { type HostSnapshot, type MissingReason, isMissing, valueOf } from '@plimsoll/snapshot';
import { toResultDocument } from './result-document.ts';

/** One host's judgement as one JSON object: what `plimsoll scan --format json` prints. */
export interface ScanReport {
  host: HostFacts;
  catalogueVersion: string;
  /** Parameters of checks that differed from their defaults. */
  adjustedParameters: AdjustedParameter[];
  /** RFC 3339, UTC. */
  takenAt: string;
  summary: { outcomes: Record<Outcome, number>; failures: Record<Severity, number> };
  /** Parts that could not be read; what depends on them is `unknown`. */
  missingParts: { part: string; reason: MissingReason; detail: string }[];
  notes: HostSnapshot['notes'];
  /** The view of a benchmark, where one was asked for. */
  compliance?: Compliance;
  results: CheckResultDocument[];
}

/** What else a report says. */
export interface ReportOptions {
  readonly adjusted?: readonly AdjustedParameter[];
  readonly compliance?: Compliance | undefined;
}

export interface HostFacts {
  address: string;
  name: string | null;
  simulated: boolean;
  engineVersion: string | null;
  apiVersion: string;
  operatingSystem: string | null;
  kernelVersion: string | null;
  containers: number | null;
  images: number | null;
}

const count = <Key extends string>(keys: readonly Key[], values: readonly Key[]): Record<Key, number> => {
  const counts = Object.fromEntries(keys.map((key) => [key, 0])) as Record<Key, number>; // every key is there
  for (const value of values) counts[value] += 1;
  return counts;
};

/** Parts that every host has; the swarm's objects and host files are only missing where they were expected. */
const expectedParts = [
  'endpoint',
  'version',
  'info',
  'containers',
  'images',
  'networks',
  'volumes',
  'plugins',
] as const;

/** The parts of a snapshot that could not be read though every host has them. */
export const missingPartsOf = (snapshot: HostSnapshot): ScanReport['missingParts'] =>
  expectedParts.flatMap((part) => {
    const candidate = snapshot[part];
    if (!isMissing<unknown>(candidate) || candidate.missing === 'not-supported') return [];
    return [{ part, reason: candidate.missing, detail: candidate.detail }];
  });

/** Worst first: failures by severity, then what could not be told, then the rest; stable within. */
export const compareResults = (a: CheckResultDocument, b: CheckResultDocument): number =>
  outcomes.indexOf(a.outcome) - outcomes.indexOf(b.outcome) ||
  severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
  compareText(a.check, b.check) ||
  compareText(a.subject.name, b.subject.name);

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The whole judgement of a snapshot; the same input gives the same bytes. */
export const scanReport = (
  snapshot: HostSnapshot,
  results: readonly CheckResult[],
  catalogueVersion: string,
  { adjusted = [], compliance }: ReportOptions = {},
): ScanReport => {
  const documents = results.map(toResultDocument).toSorted(compareResults);
  const info = valueOf(snapshot.info);
  const version = valueOf(snapshot.version);
  return {
    host: {
      address: valueOf(snapshot.endpoint)?.address ?? 'unknown',
      name: info?.Name ?? null,
      simulated: snapshot.simulated,
      engineVersion: version?.Version ?? info?.ServerVersion ?? null,
      apiVersion: snapshot.apiVersion,
      operatingSystem: info?.OperatingSystem ?? null,
      kernelVersion: info?.KernelVersion ?? version?.KernelVersion ?? null,
      containers: valueOf(snapshot.containers)?.length ?? null,
      images: valueOf(snapshot.images)?.length ?? null,
    },
    catalogueVersion,
    adjustedParameters: [...adjusted],
    takenAt: snapshot.takenAt,
    summary: {
      outcomes: count(
        outcomes,
        documents.map(({ outcome }) => outcome),
      ),
      failures: count(
        severities,
        documents
          .filter(({ outcome, causedBy }) => outcome === 'fail' && causedBy === null)
          .map(({ severity }) => severity),
      ),
    },
    missingParts: missingPartsOf(snapshot),
    notes: snapshot.notes,
    ...(compliance === undefined ? {} : { compliance }),
    results: documents,
  };
};

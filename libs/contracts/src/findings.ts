import { z } from 'zod';
import { CheckParameters } from './check-parameters.ts';
import { SeverityCounts } from './hosts.ts';
import { pageOf, pageQuery } from './pagination.ts';
import { EvidenceItem } from './scans.ts';
import { Timestamp, Uuid, line } from './text.ts';
import { Severity, SubjectKind, Theme } from './vocabulary.ts';

export const FindingStatus = z.enum(['open', 'fixed']).meta({ id: 'FindingStatus' });
export const Finding = z
  .strictObject({
    id: Uuid,
    hostId: Uuid,
    hostName: z.string(),
    check: z.string(),
    title: z.string(),
    theme: Theme,
    cis: z.record(z.string(), z.string()),
    severity: Severity,
    status: FindingStatus,
    subject: z.strictObject({ kind: SubjectKind, name: z.string() }),
    reason: z.string(),
    evidence: z.array(EvidenceItem),
    remediation: z.string(),
    openedAt: Timestamp,
    lastSeenAt: Timestamp,
    fixedAt: Timestamp.nullable(),
    reopenedAt: Timestamp.nullable(),
    reopenedCount: z.int(),
    firstScanId: Uuid.nullable(),
    lastScanId: Uuid.nullable().meta({ description: 'The scan that saw it last, or saw it fixed.' }),
    foundByCatalogueVersion: z
      .string()
      .meta({ description: 'The catalogue of checks that found it first, or found it again.' }),
    catalogueVersion: z.string().meta({ description: 'The catalogue of checks that judged it last.' }),
  })
  .meta({ id: 'Finding' });
export type Finding = z.infer<typeof Finding>;

/** Several values of one filter are separated by commas. */
const oneOrMore = <T extends z.ZodEnum>(item: T, maximum: number) =>
  line(2000)
    .transform((value): unknown => value.split(','))
    .pipe(z.array(item).min(1).max(maximum));
export const FindingQuery = z.strictObject({
  ...pageQuery,
  hostId: Uuid.optional(),
  status: FindingStatus.optional(),
  severity: oneOrMore(Severity, 5).optional(),
  theme: oneOrMore(Theme, 11).optional(),
  check: line(100).optional(),
  search: line(100).optional().meta({ description: 'Part of the title, the reason or the name of the thing.' }),
  sort: z
    .enum(['severity', '-severity', 'openedAt', '-openedAt'])
    .default('severity')
    .meta({ description: '`severity` is worst first.' }),
});
export const FindingPage = pageOf(Finding).meta({ id: 'FindingPage' });

export const CheckDescription = z
  .strictObject({
    id: z.string(),
    title: z.string(),
    theme: Theme,
    severity: Severity,
    subject: SubjectKind,
    cis: z.record(z.string(), z.string()),
    cisLevel: z.union([z.literal(1), z.literal(2)]).nullable(),
    rationale: z.string(),
    decidedBy: z.string(),
    question: z.string().nullable().meta({
      description: 'What a person is asked about a host where no scan can tell; a yes means that the check passes.',
    }),
    remediation: z.string(),
    needs: z.array(z.string()),
    parameters: CheckParameters,
    sources: z.array(z.string()),
  })
  .meta({ id: 'Check' });
export type CheckDescription = z.infer<typeof CheckDescription>;
export const CheckId = z
  .string()
  .max(100)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'Lower-case words joined by hyphens')
  .meta({ example: 'container-privileged' });
export const CheckQuery = z.strictObject({
  theme: Theme.optional(),
  severity: Severity.optional(),
  search: line(100).optional(),
});
export const CheckList = z
  .strictObject({ catalogueVersion: z.string(), items: z.array(CheckDescription) })
  .meta({ id: 'CheckList' });

/** The fleet at a glance. */
export const FleetOverview = z
  .strictObject({
    hosts: z.strictObject({
      total: z.int(),
      reachable: z.int(),
      unreachable: z.int(),
      unknown: z.int(),
      neverScanned: z.int(),
    }),
    score: z.int().nullable().meta({ description: 'Mean of the hosts’ scores.' }),
    counts: SeverityCounts,
    byTheme: z.array(z.strictObject({ theme: Theme, counts: SeverityCounts })),
    worstHosts: z.array(
      z.strictObject({
        id: Uuid,
        name: z.string(),
        score: z.int().nullable(),
        counts: SeverityCounts,
        simulated: z.boolean(),
      }),
    ),
    topChecks: z.array(
      z.strictObject({
        check: z.string(),
        title: z.string(),
        severity: Severity,
        openFindings: z.int(),
        hosts: z.int(),
      }),
    ),
    trend: z
      .array(z.strictObject({ day: z.iso.date(), score: z.int().nullable(), opened: z.int(), fixed: z.int() }))
      .meta({ description: 'The last 30 days, oldest first.' }),
    runningScans: z.int(),
  })
  .meta({ id: 'FleetOverview' });
export type FleetOverview = z.infer<typeof FleetOverview>;

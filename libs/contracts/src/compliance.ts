import { z } from 'zod';
import { Timestamp, Uuid } from './text.ts';
import { Outcome, Severity, SubjectKind, Theme } from './vocabulary.ts';

/** The versions of the CIS Docker Benchmark that a view can follow, oldest first. */
export const benchmarks = ['cis-1.6.0', 'cis-1.7.0', 'cis-1.8.0'] as const;
export const Benchmark = z
  .enum(benchmarks)
  .meta({ id: 'Benchmark', description: 'A version of the CIS Docker Benchmark, whose numbers and sections it has.' });
export type Benchmark = z.infer<typeof Benchmark>;

/** What somebody can do so that a check can tell the next time. */
export const settingHints = [
  'inspectHostFiles',
  'processLists',
  'answer',
  'gate',
  'parameters',
  'registerHost',
  'scan',
] as const;
export const SettingHint = z.enum(settingHints).meta({
  id: 'SettingHint',
  description:
    '`inspectHostFiles` and `processLists`: switch it on for the host · `answer`: a person answers the question · `gate`: let the gate or authorization plugin pass the requests · `parameters`: set a parameter of the check · `registerHost`: register and scan the host that knows it · `scan`: scan again.',
});
export type SettingHint = z.infer<typeof SettingHint>;

export const OutcomeCounts = z
  .strictObject({ pass: z.int(), fail: z.int(), unknown: z.int(), notApplicable: z.int() })
  .meta({ id: 'OutcomeCounts' });
export type OutcomeCounts = z.infer<typeof OutcomeCounts>;

/** Checks of a section by their worst outcome. */
export const ComplianceCounts = z
  .strictObject({
    total: z.int(),
    pass: z.int(),
    fail: z.int(),
    notApplicable: z.int(),
    undecided: z.int().meta({ description: 'Checks that could not tell; neither passed nor failed.' }),
    percent: z.int().min(0).max(100).nullable().meta({
      description:
        'Passed checks of those that apply and could be decided, rounded down; null where none could. Undecided ones are in neither.',
    }),
  })
  .meta({ id: 'ComplianceCounts' });
export type ComplianceCounts = z.infer<typeof ComplianceCounts>;

/** Why a check could not tell, for things of which the same is true. */
export const Undecided = z
  .strictObject({
    reason: z.string(),
    wouldTell: z.string().nullable().meta({ description: 'What would let the check tell.' }),
    setting: SettingHint.nullable().meta({ description: 'Where that can be switched on; null where nowhere here.' }),
    subjects: z.int().meta({ description: 'Of how many things it is true.' }),
    example: z.strictObject({ kind: SubjectKind, name: z.string() }),
  })
  .meta({ id: 'Undecided' });
export type Undecided = z.infer<typeof Undecided>;

export const ComplianceCheck = z
  .strictObject({
    check: z.string(),
    number: z.string().nullable().meta({ description: 'Its number in the benchmark; null in the view by theme.' }),
    level: z
      .union([z.literal(1), z.literal(2)])
      .nullable()
      .meta({ description: 'The profile level CIS gives it.' }),
    title: z.string(),
    theme: Theme,
    severity: Severity.meta({ description: 'Of its worst failure; where there is none, the check’s own.' }),
    outcome: Outcome.meta({ description: 'The worst of all things it judged.' }),
    subjects: OutcomeCounts.meta({ description: 'Things that it judged, by outcome.' }),
    undecided: z.array(Undecided).max(5).meta({ description: 'Why it could not tell, the most frequent first.' }),
  })
  .meta({ id: 'ComplianceCheck' });
export type ComplianceCheck = z.infer<typeof ComplianceCheck>;

export const ComplianceSection = z
  .strictObject({
    id: z.string().meta({ description: 'Number of the section, or name of the theme.', example: '5' }),
    title: z.string(),
    counts: ComplianceCounts,
    checks: z.array(ComplianceCheck),
  })
  .meta({ id: 'ComplianceSection' });
export type ComplianceSection = z.infer<typeof ComplianceSection>;

/** One judgement of a host, check by check, as a benchmark or our themes order them. */
export const Compliance = z
  .strictObject({
    benchmark: z
      .strictObject({ id: Benchmark, name: z.string(), version: z.string() })
      .nullable()
      .meta({ description: 'What the view follows; null for the view by theme.' }),
    catalogueVersion: z.string(),
    counts: ComplianceCounts,
    sections: z.array(ComplianceSection),
    settings: z
      .array(z.strictObject({ setting: SettingHint, checks: z.int() }))
      .meta({ description: 'What would let how many undecided checks tell, the most first.' }),
  })
  .meta({ id: 'Compliance' });
export type Compliance = z.infer<typeof Compliance>;

export const HostCompliance = Compliance.extend({
  hostId: Uuid,
  scanId: Uuid.meta({ description: 'The scan, or judgement of a stored snapshot, that the view is of.' }),
  judgedAt: Timestamp,
}).meta({ id: 'HostCompliance' });
export type HostCompliance = z.infer<typeof HostCompliance>;
export const ComplianceQuery = z.strictObject({
  benchmark: Benchmark.optional().meta({ description: 'Without it, all checks by theme.' }),
});

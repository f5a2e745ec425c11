import { z } from 'zod';

/** The themes of the catalogue: the skeleton of every report. */
export const themes = [
  'namespaces',
  'control-groups',
  'daemon-attack-surface',
  'unprivileged-processes',
  'security-modules',
  'kernel-privileges',
  'registry-and-accounts',
  'images',
  'host',
  'orchestration',
  'logging-and-operations',
] as const;
export const Theme = z
  .enum(themes)
  .meta({ id: 'Theme', description: 'What part of Docker security a check looks at.' });
export type Theme = z.infer<typeof Theme>;

/** Worst first. */
export const severities = ['critical', 'high', 'medium', 'low', 'info'] as const;
export const Severity = z.enum(severities).meta({ id: 'Severity' });
export type Severity = z.infer<typeof Severity>;

/** Worst first. */
export const outcomes = ['fail', 'unknown', 'pass', 'not-applicable'] as const;
export const Outcome = z.enum(outcomes).meta({
  id: 'Outcome',
  description:
    'What a check said of a thing. `unknown` is never a pass: it says what was missing and what would let us tell.',
});
export type Outcome = z.infer<typeof Outcome>;

export const subjectKinds = [
  'host',
  'daemon',
  'endpoint',
  'container',
  'image',
  'network',
  'volume',
  'swarm',
  'service',
  'secret',
] as const;
export const SubjectKind = z.enum(subjectKinds).meta({ id: 'SubjectKind' });
export type SubjectKind = z.infer<typeof SubjectKind>;

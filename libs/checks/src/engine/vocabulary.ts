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
export const Theme = z.enum(themes);
export type Theme = z.infer<typeof Theme>;

/** Worst first. */
export const severities = ['critical', 'high', 'medium', 'low', 'info'] as const;
export const Severity = z.enum(severities);
export type Severity = z.infer<typeof Severity>;

export const outcomes = ['fail', 'unknown', 'pass', 'not-applicable'] as const;
export const Outcome = z.enum(outcomes);
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
export const SubjectKind = z.enum(subjectKinds);
export type SubjectKind = z.infer<typeof SubjectKind>;

/** One step less severe; `info` stays. */
export const lowered = (severity: Severity): Severity =>
  severities[Math.min(severities.indexOf(severity) + 1, severities.length - 1)] ?? severity;

/** One step more severe; `critical` stays. */
export const raised = (severity: Severity): Severity =>
  severities[Math.max(severities.indexOf(severity) - 1, 0)] ?? severity;

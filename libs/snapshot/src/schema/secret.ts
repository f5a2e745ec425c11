import { z } from 'zod';

/**
 * What was learnt of a value that may be a secret; the value itself never leaves the collector.
 * `kind`: `empty`, `reference` (a path or the name of a secret file), `plain` (looks harmless), `secret`.
 */
export const SecretVerdict = z.object({
  kind: z.enum(['empty', 'reference', 'plain', 'secret']),
  /** Which detector decided, e.g. `name:password`, `format:aws-access-key-id`, `format:private-key`. */
  detector: z.string().optional(),
});
export type SecretVerdict = z.infer<typeof SecretVerdict>;

/** An environment variable: its name, the verdict on its value, and whether the image brings the same value. */
export const EnvironmentVariable = z.object({
  name: z.string(),
  verdict: SecretVerdict,
  /** Values of a few harmless names that checks read (`PATH`, `DOCKER_HOST` …) are kept; all others are dropped. */
  value: z.string().optional(),
  fromImage: z.boolean().optional(),
});
export type EnvironmentVariable = z.infer<typeof EnvironmentVariable>;

/** A place where a secret was seen in text that is kept redacted (command line, label, history step). */
export const SecretSighting = z.object({
  /** e.g. `Config.Cmd`, `Config.Labels["com.example.token"]`, `history[3]` */
  where: z.string(),
  detector: z.string(),
});
export type SecretSighting = z.infer<typeof SecretSighting>;

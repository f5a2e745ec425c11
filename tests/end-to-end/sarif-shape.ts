import { z } from 'zod';

const level = z.enum(['none', 'note', 'warning', 'error']);
const message = z.strictObject({ text: z.string().min(1) });
const rule = z.strictObject({
  id: z.string(),
  shortDescription: message,
  fullDescription: message,
  help: message,
  defaultConfiguration: z.strictObject({ level }),
  properties: z.looseObject({ tags: z.array(z.string()), 'security-severity': z.string().regex(/^\d+\.\d$/u) }),
});
const location = z.strictObject({
  physicalLocation: z.strictObject({
    // A URI reference: no space, no colon that could be read as a scheme, no back slash.
    artifactLocation: z.strictObject({ uri: z.string().regex(/^[\w.%~!*'()-]+$/u) }),
    region: z.strictObject({ startLine: z.int().min(1) }),
  }),
  logicalLocations: z.tuple([z.strictObject({ name: z.string(), kind: z.string(), fullyQualifiedName: z.string() })]),
});
const result = z
  .strictObject({
    ruleId: z.string(),
    ruleIndex: z.int().min(0),
    kind: z.enum(['fail', 'open']),
    level,
    message,
    locations: z.tuple([location]),
    partialFingerprints: z.record(z.string(), z.string()),
    properties: z.record(z.string(), z.unknown()),
  })
  // SARIF 2.1.0, 3.27.10: a result that is not a failure has no level.
  .refine(({ kind, level: shown }) => (kind === 'fail') === (shown !== 'none'));

/**
 * The part of SARIF 2.1.0 that we write, as strictly as the standard has it; other properties would be mistakes.
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json
 */
export const SarifLog = z.strictObject({
  $schema: z.url(),
  version: z.literal('2.1.0'),
  runs: z.tuple([
    z.strictObject({
      tool: z.strictObject({
        driver: z.strictObject({
          name: z.string(),
          semanticVersion: z.string().regex(/^\d+\.\d+\.\d+$/u),
          properties: z.record(z.string(), z.unknown()),
          rules: z.array(rule),
        }),
      }),
      invocations: z.tuple([z.strictObject({ executionSuccessful: z.boolean(), endTimeUtc: z.iso.datetime() })]),
      results: z.array(result),
    }),
  ]),
});

import { z } from 'zod';
import { Timestamp } from './text.ts';

const Values = z.record(z.string(), z.unknown());

/** What can be adjusted of a check, and what this tenant has adjusted. */
export const CheckParameters = z
  .strictObject({
    check: z.string(),
    schema: Values.meta({
      description: 'JSON Schema (2020-12) of the values; without properties, nothing can be set.',
    }),
    defaults: Values,
    values: Values.meta({ description: 'What the tenant has set; every other one is at its default.' }),
    rejected: z.array(z.string()).meta({
      description: 'Names of values that this version of the check takes no more; their defaults hold.',
    }),
    version: z.int().meta({ description: 'Counts the changes; 0 before the first.' }),
    updatedAt: Timestamp.nullable(),
    updatedBy: z.string().nullable(),
  })
  .meta({ id: 'CheckParameters' });
export type CheckParameters = z.infer<typeof CheckParameters>;

export const SetCheckParameters = z
  .strictObject({
    values: Values.meta({
      description: 'All that is to differ from the defaults; what is left out is at its default.',
    }),
  })
  .meta({ id: 'SetCheckParameters', example: { values: {} } });

/** A value that a judgement took instead of the check's own. */
export const AdjustedParameter = z
  .strictObject({ check: z.string(), name: z.string(), value: z.unknown(), default: z.unknown() })
  .meta({ id: 'AdjustedParameter' });
export type AdjustedParameter = z.infer<typeof AdjustedParameter>;

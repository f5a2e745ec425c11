import { z } from 'zod';

/**
 * What somebody who has not signed in may know of this installation. Not its version: that would tell an attacker which
 * flaws to try.
 */
export const Installation = z
  .strictObject({
    product: z.literal('Plimsoll'),
    signUp: z.boolean().meta({ description: 'Whether anybody may make a tenant with `POST /v1/sign-up`.' }),
  })
  .meta({ id: 'Installation' });
export type Installation = z.infer<typeof Installation>;

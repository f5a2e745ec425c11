import { z } from 'zod';
import { line } from './text.ts';

const error = 'Send a whole number from 1 to 200, in decimal digits.';

/** Decimal digits alone: what `Number` takes beyond them, such as `0x10` and `1e1`, is somebody's mistake. */
const numberOf = (value: unknown): unknown =>
  typeof value === 'string' && /^[0-9]{1,9}$/.test(value) ? Number(value) : value;

/** Query of every list. */
export const pageQuery = {
  limit: z
    .preprocess(numberOf, z.int({ error }).min(1, { error }).max(200, { error }).default(50))
    .meta({ description: 'Items per page, 1 to 200.' }),
  cursor: line(1024).optional().meta({ description: '`nextCursor` of the page before. Opaque.' }),
};

/** A page: `nextCursor` is null on the last one. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });
export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

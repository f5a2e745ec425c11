import { CursorInvalid } from '@plimsoll/contracts';
import type { Page, Problem } from '@plimsoll/contracts';
import { z } from 'zod';

/** What a list is ordered by, besides the id that decides between equals. */
export interface KeysetOptions<Row, KeySchema extends z.ZodType, Where> {
  /** Which list in which order, e.g. `hosts:name`: a cursor of another one is refused. */
  readonly name: string;
  /** The form of the key in a cursor; it must survive JSON. */
  readonly key: KeySchema;
  readonly keyOf: (row: Row) => z.input<KeySchema>;
  /**
   * The condition for what comes after a row. For an index to carry it, bound the key alone and then decide between
   * equals: `{ name: { gte: key }, OR: [{ name: { gt: key } }, { id: { gt: id } }] }`.
   */
  readonly after: (key: z.output<KeySchema>, id: string) => Where;
}

/** Keyset paging over (key, id): no page skips or repeats a row, whatever is added meanwhile. */
export interface Keyset<Row, Where> {
  /** The condition for the page behind a cursor; undefined for the first page. @throws CursorInvalid */
  after(cursor: string | undefined): Where | undefined;
  /** Makes a page of up to `limit + 1` rows; the one too many tells that there is a next page. */
  page<Item>(rows: readonly Row[], limit: number, itemOf: (row: Row) => Item): Page<Item>;
}

/** Defines how one list is paged. */
export function defineKeyset<Row extends { readonly id: string }, KeySchema extends z.ZodType, Where>(
  options: KeysetOptions<Row, KeySchema, Where>,
): Keyset<Row, Where> {
  const Position = z.tuple([z.literal(options.name), options.key, z.uuid()]);
  return {
    after: (cursor) => {
      if (cursor === undefined) return undefined;
      const position = Position.safeParse(decode(cursor));
      if (!position.success) throw cursorInvalid();
      return options.after(position.data[1], position.data[2]);
    },
    page: (rows, limit, itemOf) => {
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      const more = rows.length > limit && last !== undefined;
      return {
        items: shown.map(itemOf),
        nextCursor: more ? encode([options.name, options.keyOf(last), last.id]) : null,
      };
    },
  };
}

function encode(position: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

function decode(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

function cursorInvalid(): Problem {
  const message = 'Send `nextCursor` of the page before, with the same sort and filters.';
  return new CursorInvalid({}, { errors: [{ field: 'cursor', in: 'query', message }] });
}

import { CursorInvalid, type Page, Timestamp } from '@plimsoll/contracts';
import { Prisma } from '@plimsoll/persistence';
import { z } from 'zod';

/** What a list is ordered by: one column, and the id where two rows are equal. Nulls come last in both directions. */
export interface KeysetOrder {
  /** Its name in the API: a cursor of one order is refused by another. */
  readonly name: string;
  /** Qualified as in the query, e.g. `h.score`. */
  readonly column: string;
  readonly idColumn: string;
  readonly type: 'text' | 'integer' | 'timestamptz';
  readonly nullable?: boolean;
  readonly descending?: boolean;
}

/** The part of a query that pages: no page skips or repeats a row, whatever is added meanwhile. */
export interface Keyset {
  readonly orderBy: Prisma.Sql;
  /** A condition, `TRUE` on the first page. */
  readonly after: Prisma.Sql;
}

const Position = z.tuple([z.string(), z.union([z.string(), z.number(), z.null()]), z.uuid()]);

/** @throws CursorInvalid for a cursor that is damaged or of another order */
export const keysetOf = (order: KeysetOrder, cursor: string | undefined): Keyset => {
  const [column, id] = [Prisma.raw(order.column), Prisma.raw(order.idColumn)];
  const direction = Prisma.raw(order.descending === true ? 'DESC' : 'ASC');
  // Without the words, so that an index that has no nulls in it can be read as it stands.
  const nulls = order.nullable === true ? Prisma.raw(' NULLS LAST') : Prisma.empty;
  return {
    orderBy: Prisma.sql`${column} ${direction}${nulls}, ${id} ${direction}`,
    after: cursor === undefined ? Prisma.sql`TRUE` : conditionAfter(order, positionOf(order, cursor)),
  };
};

const conditionAfter = (order: KeysetOrder, [, value, lastId]: z.infer<typeof Position>): Prisma.Sql => {
  const [column, id] = [Prisma.raw(order.column), Prisma.raw(order.idColumn)];
  const than = Prisma.raw(order.descending === true ? '<' : '>');
  if (value === null) return Prisma.sql`(${column} IS NULL AND ${id} ${than} ${lastId}::uuid)`;
  const last = Prisma.sql`CAST(${String(value)} AS ${Prisma.raw(order.type)})`;
  const after = Prisma.sql`(${column}, ${id}) ${than} (${last}, ${lastId}::uuid)`;
  return order.nullable === true ? Prisma.sql`(${after} OR ${column} IS NULL)` : after;
};

const positionOf = (order: KeysetOrder, cursor: string): z.infer<typeof Position> => {
  try {
    const position = Position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    const [name, value] = position;
    if (name === order.name && isValueOf(order, value)) return position;
  } catch (cause) {
    throw cursorInvalid(cause);
  }
  throw cursorInvalid();
};

const isValueOf = ({ type, nullable }: KeysetOrder, value: string | number | null): boolean => {
  if (value === null) return nullable === true;
  if (type === 'integer') return Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31;
  if (type === 'timestamptz') return Timestamp.safeParse(value).success;
  return typeof value === 'string' && !value.includes('\0') && value.isWellFormed();
};

const cursorInvalid = (cause?: unknown): CursorInvalid =>
  new CursorInvalid(
    {},
    { cause, errors: [{ field: 'cursor', in: 'query', message: 'Send `nextCursor` of the page before, unchanged' }] },
  );
type CursorInvalid = InstanceType<typeof CursorInvalid>;

/**
 * Makes a page of rows that were read with a limit one higher than what fits, which tells that there is a next one.
 * @param valueOf what the list is ordered by
 */
export const pageOfRows = <Row extends { readonly id: string }, Item>(
  order: KeysetOrder,
  rows: readonly Row[],
  limit: number,
  valueOf: (row: Row) => string | number | Date | null,
  itemOf: (row: Row) => Item,
): Page<Item> => {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  if (rows.length <= limit || last === undefined) return { items: shown.map(itemOf), nextCursor: null };
  const value = valueOf(last);
  const position = [order.name, value instanceof Date ? value.toISOString() : value, last.id];
  return { items: shown.map(itemOf), nextCursor: Buffer.from(JSON.stringify(position)).toString('base64url') };
};

import { CursorInvalid, type Page, Timestamp } from '@plimsoll/contracts';
import { z } from 'zod';
import { Prisma } from './generated/client.ts';

/** What a list is ordered by: one value, and the id where two rows are equal. Nulls come last in both directions. */
export interface KeysetOrder {
  /** Of which list and in which order, e.g. `hosts:-score`: a cursor of another one is refused. */
  readonly name: string;
  readonly type: 'text' | 'integer' | 'timestamptz';
  readonly nullable?: boolean;
  readonly descending?: boolean;
}

/** An order as a query in SQL has it. */
export interface SqlKeysetOrder extends KeysetOrder {
  /** Qualified as in the query, e.g. `h.score`. */
  readonly column: string;
  readonly idColumn: string;
}

/** Where a page ended. */
export interface KeysetPosition {
  readonly value: string | number | Date | null;
  readonly id: string;
}

/** The part of a query that pages: no page skips or repeats a row, whatever is added meanwhile. */
export interface SqlKeyset {
  readonly orderBy: Prisma.Sql;
  /** A condition, `TRUE` on the first page. */
  readonly after: Prisma.Sql;
}

/** @throws CursorInvalid for a cursor that is damaged or of another order */
export const keysetOf = (order: SqlKeysetOrder, cursor: string | undefined): SqlKeyset => {
  const [column, id] = [Prisma.raw(order.column), Prisma.raw(order.idColumn)];
  const direction = Prisma.raw(order.descending === true ? 'DESC' : 'ASC');
  // Without the words, so that an index that has no nulls in it can be read as it stands.
  const nulls = order.nullable === true ? Prisma.raw(' NULLS LAST') : Prisma.empty;
  const position = readCursor(order, cursor);
  return {
    orderBy: Prisma.sql`${column} ${direction}${nulls}, ${id} ${direction}`,
    after: position === undefined ? Prisma.sql`TRUE` : conditionAfter(order, position),
  };
};

const conditionAfter = (order: SqlKeysetOrder, { value, id: lastId }: KeysetPosition): Prisma.Sql => {
  const [column, id] = [Prisma.raw(order.column), Prisma.raw(order.idColumn)];
  const than = Prisma.raw(order.descending === true ? '<' : '>');
  if (value === null) return Prisma.sql`(${column} IS NULL AND ${id} ${than} ${lastId}::uuid)`;
  const text = value instanceof Date ? value.toISOString() : String(value);
  const last = Prisma.sql`CAST(${text} AS ${Prisma.raw(order.type)})`;
  const after = Prisma.sql`(${column}, ${id}) ${than} (${last}, ${lastId}::uuid)`;
  return order.nullable === true ? Prisma.sql`(${after} OR ${column} IS NULL)` : after;
};

interface DatedRow {
  readonly id: string;
  readonly createdAt: Date;
}

/** How Prisma's own client reads a list that shows the newest first. */
export interface NewestFirst {
  readonly orderBy: [{ createdAt: 'desc' }, { id: 'desc' }];
  /** The condition for what comes after a cursor; none on the first page. @throws CursorInvalid */
  after(cursor: string | undefined): {
    createdAt?: { lte: Date };
    OR?: ({ createdAt: { lt: Date } } | { id: { lt: string } })[];
  };
  /** Makes a page of up to `limit + 1` rows. */
  page<Row extends DatedRow, Item>(rows: readonly Row[], limit: number, itemOf: (row: Row) => Item): Page<Item>;
}

/** A list in the order of `createdAt`. @param name of the list: a cursor of another one is refused */
export const newestFirst = (name: string): NewestFirst => {
  const order: KeysetOrder = { name, type: 'timestamptz', descending: true };
  return {
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    after: (cursor) => {
      const position = readCursor(order, cursor);
      if (position === undefined) return {};
      const createdAt = timeOf(position);
      // The bound on the time alone is what the index carries; the alternatives decide between equals.
      return { createdAt: { lte: createdAt }, OR: [{ createdAt: { lt: createdAt } }, { id: { lt: position.id } }] };
    },
    page: (rows, limit, itemOf) =>
      pageOfRows(order, rows, limit, ({ createdAt, id }) => ({ value: createdAt, id }), itemOf),
  };
};

/** The time of a position in an order by time. */
export const timeOf = ({ value }: KeysetPosition): Date => new Date(value ?? Number.NaN);

const Position = z.tuple([z.string(), z.union([z.string(), z.number(), z.null()]), z.uuid()]);

/**
 * The position that a cursor names; undefined for the first page, which has none.
 * @throws CursorInvalid for a cursor that is damaged or of another order
 */
export const readCursor = (order: KeysetOrder, cursor: string | undefined): KeysetPosition | undefined => {
  if (cursor === undefined) return undefined;
  const position = Position.safeParse(decode(cursor));
  if (!position.success) throw cursorInvalid();
  const [name, value, id] = position.data;
  if (name !== order.name || !isValueOf(order, value)) throw cursorInvalid();
  return { value, id };
};

const isValueOf = ({ type, nullable }: KeysetOrder, value: string | number | null): boolean => {
  if (value === null) return nullable === true;
  if (type === 'integer') return Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31;
  if (type === 'timestamptz') return Timestamp.safeParse(value).success;
  return typeof value === 'string' && !value.includes('\0') && value.isWellFormed();
};

const decode = (cursor: string): unknown => {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
};

const cursorInvalid = (): Error => {
  const message = 'Send `nextCursor` of the page before, unchanged and with the same sort and filters.';
  return new CursorInvalid({}, { errors: [{ field: 'cursor', in: 'query', message }] });
};

/**
 * Makes a page of rows that were read with a limit one higher than what fits, which tells that there is a next one.
 * @param positionOf what the list is ordered by, and the id that decides between equals
 */
export const pageOfRows = <Row, Item>(
  order: KeysetOrder,
  rows: readonly Row[],
  limit: number,
  positionOf: (row: Row) => KeysetPosition,
  itemOf: (row: Row) => Item,
): Page<Item> => {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items: shown.map(itemOf), nextCursor: more ? cursorOf(order, positionOf(last)) : null };
};

const cursorOf = ({ name }: KeysetOrder, { value, id }: KeysetPosition): string =>
  // A date becomes the text that JSON has for it.
  Buffer.from(JSON.stringify([name, value, id])).toString('base64url');

import { CursorInvalid, Timestamp } from '@plimsoll/contracts';
import type { Page } from '@plimsoll/contracts';
import { z } from 'zod';

/** Where a page ended, in a list in the order of creation. */
export interface Position {
  readonly createdAt: Date;
  readonly id: string;
}

const Encoded = z.tuple([z.string(), Timestamp, z.uuid()]);

/**
 * The place that a cursor names.
 * @param list its name, which keeps a cursor from being used on another list
 * @throws CursorInvalid
 */
export const readCursor = (list: string, cursor: string | undefined): Position | null => {
  if (cursor === undefined) return null;
  const [name, createdAt, id] = decode(cursor);
  if (name !== list) throw invalid();
  return { createdAt: new Date(createdAt), id };
};

/** One page of rows, of which one more than `limit` was asked for. */
export const pageOfRows = <Row, Item>(
  list: string,
  rows: readonly Row[],
  limit: number,
  positionOf: (row: Row) => Position,
  itemOf: (row: Row) => Item,
): Page<Item> => {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(itemOf),
    nextCursor: rows.length > limit && last !== undefined ? encode(list, positionOf(last)) : null,
  };
};

const encode = (list: string, position: Position): string =>
  Buffer.from(JSON.stringify([list, position.createdAt.toISOString(), position.id])).toString('base64url');

const decode = (cursor: string): z.infer<typeof Encoded> => {
  try {
    return Encoded.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch (cause) {
    throw invalid(cause);
  }
};

const invalid = (cause?: unknown): Error =>
  new CursorInvalid({}, { errors: [{ field: 'cursor', in: 'query', message: 'Not a cursor of this list' }], cause });

import { CursorInvalid, type Page } from '@plimsoll/contracts';
import { z } from 'zod';

/** A row of a list that shows the newest first. */
interface DatedRow {
  id: string;
  createdAt: Date;
}

const Position = z.tuple([z.iso.datetime(), z.uuid()]);

/** Keyset paging over (createdAt, id): no page skips or repeats a row, whatever is added meanwhile. */
export const newestFirst = {
  orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] as const satisfies readonly object[],

  /** The condition for what comes after a cursor. @throws CursorInvalid */
  after(cursor: string | undefined) {
    if (cursor === undefined) return {};
    const [createdAt, id] = positionOf(cursor);
    return { OR: [{ createdAt: { lt: createdAt } }, { createdAt, id: { lt: id } }] };
  },

  /** @param rows up to one more than fits, which tells that there is a next page */
  page<Row extends DatedRow, Item>(rows: readonly Row[], limit: number, itemOf: (row: Row) => Item): Page<Item> {
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const nextCursor = rows.length > limit && last !== undefined ? cursorOf(last) : null;
    return { items: shown.map(itemOf), nextCursor };
  },
};

const cursorOf = ({ createdAt, id }: DatedRow): string =>
  Buffer.from(JSON.stringify([createdAt.toISOString(), id])).toString('base64url');

const positionOf = (cursor: string): [Date, string] => {
  try {
    const [createdAt, id] = Position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    return [new Date(createdAt), id];
  } catch (cause) {
    throw new CursorInvalid(
      {},
      { cause, errors: [{ field: 'cursor', in: 'query', message: 'Send `nextCursor` of the page before, unchanged' }] },
    );
  }
};

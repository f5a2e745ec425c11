import { type KeysetOrder, type KeysetPosition, pageOfRows, readCursor } from '@plimsoll/persistence';
import type { Page } from '@plimsoll/contracts';

interface PageQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** A list that was read whole from where it is stored compressed, in an order of its own. */
export interface StoredList<Item> {
  /** Of which list: a cursor of another one is refused. */
  readonly name: string;
  /** Of what it is read; part of the cursor's form alone, since what is after a place does not depend on it. */
  readonly sourceId: string;
  readonly items: readonly Item[];
}

/**
 * A page by place: for a list that never changes once it is stored.
 * @throws CursorInvalid
 */
export const pageByPlace = <Item>(
  { name, sourceId, items }: StoredList<Item>,
  { limit, cursor }: PageQuery,
): Page<Item> => {
  const order: KeysetOrder = { name, type: 'integer' };
  const start = Math.max(0, Number(readCursor(order, cursor)?.value ?? 0));
  const position = (place: number): KeysetPosition => ({ value: place, id: sourceId });
  const rows = items.slice(start, start + limit + 1).map((item, index) => ({ item, place: start + index + 1 }));
  return pageOfRows(
    order,
    rows,
    limit,
    ({ place }) => position(place),
    ({ item }) => item,
  );
};

/** Characters of a name and of an id that a list is ordered by: a cursor must stay shorter than what one may be. */
const [nameCharacters, idCharacters] = [120, 80];

/** Orders by name, equals by id. Both may come from a host, so they are bounded, and half a character is none. */
export const keyOfName = (name: string, id: string): string =>
  `${name.slice(0, nameCharacters)} ${id.slice(0, idCharacters)}`.toWellFormed().replaceAll('\0', '\u{fffd}');

/**
 * A page by name: for a list that another snapshot replaces at any time, so that no page skips or repeats what is in both.
 * @param keyOf see `keyOfName`; the items need not be in its order
 * @throws CursorInvalid
 */
export const pageByName = <Item>(
  { name, sourceId, items }: StoredList<Item>,
  { limit, cursor }: PageQuery,
  keyOf: (item: Item) => string,
): Page<Item> => {
  const order: KeysetOrder = { name, type: 'text' };
  const last = readCursor(order, cursor)?.value;
  const rows = items
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => typeof last !== 'string' || key > last)
    .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .slice(0, limit + 1);
  return pageOfRows(
    order,
    rows,
    limit,
    ({ key }) => ({ value: key, id: sourceId }),
    ({ item }) => item,
  );
};

import { Timestamp } from '@plimsoll/contracts';
import { defineKeyset } from '@plimsoll/persistence';

interface DatedRow {
  readonly id: string;
  readonly createdAt: Date;
}

export const orderByNewest = [{ createdAt: 'desc' as const }, { id: 'desc' as const }];

/** A list that shows the newest first. @param name of the list: a cursor of another one is refused */
export const newestFirst = <Row extends DatedRow>(name: string) =>
  defineKeyset({
    name,
    key: Timestamp,
    keyOf: (row: Row) => row.createdAt.toISOString(),
    after: (key, id) => {
      const createdAt = new Date(key);
      // The bound on the key alone is what the index carries; the alternatives decide between equals.
      return { createdAt: { lte: createdAt }, OR: [{ createdAt: { lt: createdAt } }, { id: { lt: id } }] };
    },
  });

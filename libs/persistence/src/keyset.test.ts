import { CursorInvalid } from '@plimsoll/contracts';
import { describe, expect, test } from 'vitest';
import { keysetOf, newestFirst, pageOfRows, readCursor, type SqlKeysetOrder } from './keyset.ts';

const byScore: SqlKeysetOrder = { name: 'score', column: 's', idColumn: 'i', type: 'integer', nullable: true };
const byName: SqlKeysetOrder = { name: 'name', column: 'n', idColumn: 'i', type: 'text' };
const byTime: SqlKeysetOrder = { name: 'at', column: 'a', idColumn: 'i', type: 'timestamptz', descending: true };
const id = '01890000-0000-7000-8000-000000000001';
const cursorOf = (...position: unknown[]): string => Buffer.from(JSON.stringify(position)).toString('base64url');

interface Row {
  readonly id: string;
  readonly createdAt: Date;
}
const rows: readonly Row[] = [
  { id, createdAt: new Date('2026-11-24T12:00:00.000Z') },
  { id: '01890000-0000-7000-8000-000000000002', createdAt: new Date('2026-11-23T12:00:00.000Z') },
];
const pageBy = (limit: number, given: readonly Row[] = rows) =>
  pageOfRows(
    byTime,
    given,
    limit,
    (row) => ({ value: row.createdAt, id: row.id }),
    (row) => row.id,
  );

describe('a page', () => {
  test('that is whole has no next one', () => {
    expect(pageBy(2)).toEqual({ items: rows.map((row) => row.id), nextCursor: null });
    expect(pageBy(2, [])).toEqual({ items: [], nextCursor: null });
  });

  test('with a row too many ends where the next one begins', () => {
    const { items, nextCursor } = pageBy(1);
    expect(items).toEqual([id]);
    expect(nextCursor).toBe(cursorOf('at', '2026-11-24T12:00:00.000Z', id));
    expect(keysetOf(byTime, nextCursor ?? undefined).after.values).toEqual(['2026-11-24T12:00:00.000Z', id]);
  });

  test('of names keeps what is no ASCII', () => {
    const name = 'é "quoted" 日本';
    expect(readCursor(byName, cursorOf('name', name, id))).toEqual({ value: name, id });
  });
});

describe('a cursor', () => {
  test.for<[string, SqlKeysetOrder, string]>([
    ['is empty', byName, ''],
    ['is no base64', byName, '%%%'],
    ['is no JSON', byName, Buffer.from('{').toString('base64url')],
    ['is an object', byName, Buffer.from('{"name":"a"}').toString('base64url')],
    ['is of another order', byName, cursorOf('score', 1, id)],
    ['has no id', byName, cursorOf('name', 'a', 'x')],
    ['has a part too many', byName, cursorOf('name', 'a', id, 'more')],
    ['has a value of another type', byScore, cursorOf('score', 'a', id)],
    ['has a number that no column holds', byScore, cursorOf('score', 1e300, id)],
    ['has a null where there is none', byName, cursorOf('name', null, id)],
    ['has a time that is none', byTime, cursorOf('at', 'yesterday', id)],
    ['has a NUL', byName, cursorOf('name', 'a\0', id)],
  ])('that %s is refused and named', ([, order, cursor]) => {
    expect(() => keysetOf(order, cursor)).toThrow(CursorInvalid);
    expect(() => keysetOf(order, cursor)).toThrow(
      expect.objectContaining({ errors: [expect.objectContaining({ field: 'cursor', in: 'query' })] }),
    );
  });

  test('of a row without a value goes on among those without', () => {
    expect(keysetOf(byScore, cursorOf('score', null, id)).after.sql).toContain('IS NULL AND');
  });
});

describe('a list of the newest, as Prisma reads it', () => {
  const things = newestFirst('things');

  test('goes on behind the row that its page ended with', () => {
    const { nextCursor } = things.page(rows, 1, (row) => row.id);
    const createdAt = rows[0]?.createdAt;
    expect(things.after(nextCursor ?? undefined)).toEqual({
      createdAt: { lte: createdAt },
      OR: [{ createdAt: { lt: createdAt } }, { id: { lt: id } }],
    });
  });

  test('has no condition on its first page, and refuses the cursor of another list', () => {
    expect(things.after(undefined)).toEqual({});
    expect(() => newestFirst('others').after(things.page(rows, 1, (row) => row.id).nextCursor ?? '')).toThrow(
      CursorInvalid,
    );
  });
});

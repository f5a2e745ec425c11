import { CursorInvalid } from '@plimsoll/contracts';
import { describe, expect, test } from 'vitest';
import { type KeysetOrder, keysetOf, pageOfRows } from './keyset.ts';

const byScore: KeysetOrder = { name: 'score', column: 's', idColumn: 'i', type: 'integer', nullable: true };
const byName: KeysetOrder = { name: 'name', column: 'n', idColumn: 'i', type: 'text' };
const byTime: KeysetOrder = { name: 'at', column: 'a', idColumn: 'i', type: 'timestamptz', descending: true };
const id = '01890000-0000-7000-8000-000000000001';
const cursorOf = (...position: unknown[]): string => Buffer.from(JSON.stringify(position)).toString('base64url');
const rows = [
  { id, at: new Date('2026-11-24T12:00:00.000Z') },
  { id: '01890000-0000-7000-8000-000000000002', at: new Date('2026-11-23T12:00:00.000Z') },
];

describe('a page', () => {
  test('that is whole has no next one', () => {
    expect(
      pageOfRows(
        byTime,
        rows,
        2,
        ({ at }) => at,
        ({ id: one }) => one,
      ),
    ).toEqual({
      items: rows.map((row) => row.id),
      nextCursor: null,
    });
  });

  test('with a row too many ends where the next one begins', () => {
    const { items, nextCursor } = pageOfRows(
      byTime,
      rows,
      1,
      ({ at }) => at,
      (row) => row.id,
    );
    expect(items).toEqual([id]);
    expect(nextCursor).toBe(cursorOf('at', '2026-11-24T12:00:00.000Z', id));
    expect(keysetOf(byTime, nextCursor ?? undefined).after.values).toEqual(['2026-11-24T12:00:00.000Z', id]);
  });
});

describe('a cursor', () => {
  test.for<[string, KeysetOrder, string]>([
    ['is no base64', byName, '%%%'],
    ['is of another order', byName, cursorOf('score', 1, id)],
    ['has no id', byName, cursorOf('name', 'a', 'x')],
    ['has a value of another type', byScore, cursorOf('score', 'a', id)],
    ['has a number that no column holds', byScore, cursorOf('score', 1e300, id)],
    ['has a null where there is none', byName, cursorOf('name', null, id)],
    ['has a time that is none', byTime, cursorOf('at', 'yesterday', id)],
    ['has a NUL', byName, cursorOf('name', 'a\0', id)],
  ])('that %s is refused', ([, order, cursor]) => {
    expect(() => keysetOf(order, cursor)).toThrow(CursorInvalid);
  });

  test('of a row without a value goes on among those without', () => {
    expect(keysetOf(byScore, cursorOf('score', null, id)).after.sql).toContain('IS NULL AND');
  });
});

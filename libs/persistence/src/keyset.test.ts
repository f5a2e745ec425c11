import { CursorInvalid } from '@plimsoll/contracts';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineKeyset } from './keyset.ts';

interface Row {
  readonly id: string;
  readonly name: string;
}

const byName = defineKeyset({
  name: 'things:name',
  key: z.string(),
  keyOf: (row: Row) => row.name,
  after: (name, id) => ({ name: { gte: name }, OR: [{ name: { gt: name } }, { id: { gt: id } }] }),
});
const byAge = defineKeyset({
  name: 'things:age',
  key: z.string(),
  keyOf: (row: Row) => row.name,
  after: (name) => ({ name }),
});

const rows: readonly Row[] = [
  { id: '01890000-0000-7000-8000-000000000001', name: 'a' },
  { id: '01890000-0000-7000-8000-000000000002', name: 'é "quoted" 日本' },
  { id: '01890000-0000-7000-8000-000000000003', name: 'z' },
];
const nameOf = (row: Row): string => row.name;

function cursorOf(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

describe('a page', () => {
  test('that is the last has no cursor', () => {
    expect(byName.page(rows, 3, nameOf)).toEqual({ items: rows.map(nameOf), nextCursor: null });
    expect(byName.page([], 3, nameOf)).toEqual({ items: [], nextCursor: null });
  });

  test('with more behind it shows no more than asked for, and where it ends', () => {
    const { items, nextCursor } = byName.page(rows, 2, nameOf);
    expect(items).toEqual(['a', 'é "quoted" 日本']);
    expect(byName.after(nextCursor ?? undefined)).toEqual({
      name: { gte: 'é "quoted" 日本' },
      OR: [{ name: { gt: 'é "quoted" 日本' } }, { id: { gt: rows[1]?.id } }],
    });
  });

  test('that is the first has no condition', () => {
    expect(byName.after(undefined)).toBeUndefined();
  });
});

describe('a cursor', () => {
  test.for([
    ['is empty', ''],
    ['is no base64', '%%%'],
    ['is no JSON', Buffer.from('{').toString('base64url')],
    ['has a key of another type', cursorOf(['things:name', 1, rows[0]?.id])],
    ['has an id that is none', cursorOf(['things:name', 'a', `' OR true`])],
    ['has a part too many', cursorOf(['things:name', 'a', rows[0]?.id, 'more'])],
    ['is an object', cursorOf({ name: 'a' })],
    ['is of another order', byAge.page(rows, 1, nameOf).nextCursor ?? ''],
  ] as const)('that %s is refused and named', ([, cursor]) => {
    expect(() => byName.after(cursor)).toThrow(CursorInvalid);
    expect(() => byName.after(cursor)).toThrow(
      expect.objectContaining({ errors: [expect.objectContaining({ field: 'cursor', in: 'query' })] }),
    );
  });
});

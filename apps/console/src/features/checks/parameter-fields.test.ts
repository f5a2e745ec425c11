import { expect, test } from 'vitest';
import { differing, fieldOf, fieldsOf, labelOf } from './parameter-fields.ts';

test.each([
  [{ type: 'boolean' }, { kind: 'switch' }],
  [
    { type: 'integer', minimum: 1 },
    { kind: 'number', minimum: 1, maximum: undefined },
  ],
  [{ type: 'string' }, { kind: 'text' }],
  [
    { type: 'string', enum: ['a', 'b'] },
    { kind: 'choice', choices: ['a', 'b'] },
  ],
  [{ type: 'array', items: { type: 'string' } }, { kind: 'list' }],
  [{ type: 'array', items: { type: 'object' } }, { kind: 'json' }],
  [{ anyOf: [] }, { kind: 'json' }],
  [null, { kind: 'json' }],
])('a parameter of %j is typed into %j', (schema, field) => {
  expect(fieldOf(schema)).toEqual(field);
});

test('a check without properties has nothing to set', () => {
  expect(fieldsOf({ type: 'object' })).toEqual([]);
  expect(fieldsOf({ properties: { days: { type: 'number' } } })).toEqual([
    ['days', { kind: 'number', minimum: undefined, maximum: undefined }],
  ]);
});

test('names are read as words', () => {
  expect(labelOf('tableMaxAgeDays')).toBe('Table max age days');
});

test('only what differs from the defaults is stored', () => {
  expect(differing({ days: 5, names: ['a'], strict: true }, { days: 5, names: [], strict: false })).toEqual({
    names: ['a'],
    strict: true,
  });
});

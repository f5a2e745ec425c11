import { pageQuery } from '@plimsoll/contracts';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { plainMessageOf } from './plain-message.ts';

const messagesOf = (schema: z.ZodType, value: unknown): string[] =>
  schema.safeParse(value, { error: plainMessageOf }).error?.issues.map(({ message }) => message) ?? [];

test.for<[string, z.ZodType, unknown, string]>([
  ['a missing text', z.string(), undefined, 'Required: send text.'],
  ['a missing list', z.array(z.string()), undefined, 'Required: send a list.'],
  ['a number for a text', z.string(), 7, 'Send text, not a number.'],
  ['null for an object', z.strictObject({}), null, 'Send an object, not null.'],
  ['a list for an object', z.strictObject({}), [], 'Send an object, not a list.'],
  ['a text for a switch', z.boolean(), 'yes', 'Send true or false, not text.'],
  ['a fraction', z.int(), 1.5, 'Send a whole number, not a fraction.'],
  ['another value than the only one', z.literal('docker'), 'podman', 'Send "docker".'],
  ['a value that is none of several', z.enum(['open', 'fixed']), 'shut', 'Send one of: open, fixed.'],
  ['a long text', z.string().max(3), 'abcd', 'Send at most 3 characters.'],
  ['an empty text', z.string().min(1), '', 'Send at least 1 character.'],
  ['a long list', z.array(z.int()).max(1), [1, 2], 'Send at most 1 item.'],
  ['a large number', z.int().max(9), 10, 'Send a number of at most 9.'],
  ['a small number', z.int().min(1), 0, 'Send a number of at least 1.'],
  ['no address', z.email(), 'ada', 'Send an e-mail address, such as ada@example.com.'],
  ['no id', z.uuid(), '7', 'Send an id as the API gives it, such as 0199c0de-7c1e-7000-8000-3f1f5e3a9b10.'],
  ['no time', z.iso.datetime(), 'now', 'Send a time in UTC as RFC 3339 writes it, such as 2026-11-24T12:00:00Z.'],
  ['another pattern', z.string().regex(/^a+$/), 'b', 'Send text that matches /^a+$/'],
  ['what says so itself', z.string().regex(/^a$/, 'Only an a'), 'b', 'Only an a'],
])('%s: the message says what to send', ([, schema, value, message]) => {
  expect(messagesOf(schema, value)).toEqual([message]);
});

test('no branch leaves the words of a parser', () => {
  const schemas = [z.union([z.string(), z.int()]), z.record(z.enum(['a']), z.int()), z.int().multipleOf(5), z.date()];
  for (const schema of schemas) {
    for (const value of [undefined, {}, { b: 1 }, 7]) {
      for (const message of messagesOf(schema, value))
        expect(message).not.toMatch(/Invalid|expected|received|undefined/);
    }
  }
});

test.for(['0x10', '1e1', '0b11', ' 7', '7 ', '+7', '-7', '1.0', '', '٧', 'Infinity', '0', '201', '9'.repeat(400)])(
  'a limit of "%s" is refused',
  (limit) => {
    expect(messagesOf(pageQuery.limit, limit)).toEqual(['Send a whole number from 1 to 200, in decimal digits.']);
  },
);

test('a limit in digits is a number, and has a default', () => {
  expect(pageQuery.limit.parse('17')).toBe(17);
  expect(pageQuery.limit.parse(undefined)).toBe(50);
});

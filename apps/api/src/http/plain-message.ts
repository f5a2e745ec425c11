import type { z } from 'zod';

type Issue = z.core.$ZodRawIssue;

/**
 * What to send instead, as a sentence for whoever reads the problem; schemas that say it themselves are not asked.
 * The library's own texts speak of what its parser expected.
 */
export const plainMessageOf = (issue: Issue): string => {
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue.expected, issue.input);
    case 'invalid_value':
      return issue.values.length === 1
        ? `Send ${shown(issue.values[0])}.`
        : `Send one of: ${issue.values.map((value) => (typeof value === 'string' ? value : shown(value))).join(', ')}.`;
    case 'too_big':
      return `Send ${amount(issue.exact === true ? 'exactly' : 'at most', issue.maximum, issue.origin)}.`;
    case 'too_small':
      return `Send ${amount(issue.exact === true ? 'exactly' : 'at least', issue.minimum, issue.origin)}.`;
    case 'invalid_format':
      return wrongFormat(issue);
    case 'not_multiple_of':
      return `Send a multiple of ${issue.divisor}.`;
    case 'invalid_key':
      return 'Send names of the form that the reference page shows.';
    default:
      return 'Send one of the forms that the reference page shows.';
  }
};

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};

const wrongType = (expected: string, input: unknown): string => {
  const wanted = kinds[expected] ?? expected;
  if (input === undefined) return `Required: send ${wanted}.`;
  return `Send ${wanted}, not ${kindOf(input, expected)}.`;
};

const kindOf = (input: unknown, expected: string): string => {
  if (input === null) return 'null';
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'number' && expected === 'int') return 'a fraction';
  return kinds[typeof input] ?? 'that';
};

const units: Readonly<Record<string, readonly [one: string, many: string]>> = {
  string: ['character', 'characters'],
  array: ['item', 'items'],
  set: ['item', 'items'],
  record: ['entry', 'entries'],
  map: ['entry', 'entries'],
  object: ['entry', 'entries'],
};

const amount = (bound: string, limit: number | bigint, origin: string): string => {
  const unit = units[origin];
  if (unit === undefined) return `a number of ${bound} ${limit}`;
  return `${bound} ${limit} ${unit[Number(limit) === 1 ? 0 : 1]}`;
};

const formats: Readonly<Record<string, string>> = {
  email: 'an e-mail address, such as ada@example.com',
  uuid: 'an id as the API gives it, such as 0199c0de-7c1e-7000-8000-3f1f5e3a9b10',
  url: 'a URL, such as https://example.com/hook',
  datetime: 'a time in UTC as RFC 3339 writes it, such as 2026-11-24T12:00:00Z',
  date: 'a date, such as 2026-11-24',
  base64: 'text in Base64',
  base64url: 'text in Base64 for URLs',
};

const wrongFormat = (issue: Extract<Issue, { readonly code: 'invalid_format' }>): string => {
  const wanted = formats[issue.format];
  if (wanted !== undefined) return `Send ${wanted}.`;
  return issue.pattern === undefined
    ? 'Send text of the form that the reference page shows.'
    : `Send text that matches ${issue.pattern}`;
};

const shown = (value: unknown): string => (typeof value === 'string' ? `"${value}"` : String(value));

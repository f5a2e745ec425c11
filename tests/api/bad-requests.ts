import { ruleOf } from './access-rules.ts';
import type { Place } from './bad-values.ts';
import type { DocumentedOperation } from './operations.ts';
import { workingRequest } from './requests.ts';
import type { PopulatedTenant } from './tenant.ts';
import type { Sending } from './wire.ts';

const hole = 'here goes what is bad';

/** A request that would work, but for one place of its body, where the given JSON stands. */
export const withBadPlace = (
  operation: DocumentedOperation,
  tenant: PopulatedTenant,
  { path }: Pick<Place, 'path'>,
  json: string,
): Sending => {
  const working: unknown = ruleOf(operation.id).body?.(tenant) ?? {};
  const body = JSON.stringify(withHole(working, path)).replace(JSON.stringify(hole), () => json);
  return { ...workingRequest(operation, tenant), body };
};

const withHole = (value: unknown, [name, ...rest]: readonly string[]): unknown => {
  if (name === undefined) return hole;
  if (name === '0') return [withHole(undefined, rest)];
  const members = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  return { ...members, [name]: withHole(new Map(Object.entries(members)).get(name), rest) };
};

const json = 'application/json';
const latin1 = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);

/** A whole body that no operation takes, with the status that it gets. */
export const badBodies: readonly [string, string | Uint8Array, string | undefined, number][] = [
  ['nothing', '', json, 422],
  ['white space', ' \n\t', json, 400],
  ['half an object', '{"name":', json, 400],
  ['an object and more', '{}{}', json, 400],
  ['a comment', '{/* nothing */}', json, 400],
  ['a comma too many', '{"name":"a",}', json, 400],
  ['single quotes', "{'name':'a'}", json, 400],
  ['NaN', 'NaN', json, 400],
  ['a raw NUL', '{"name":"a\0b"}', json, 400],
  ['a raw line break in a text', '{"name":"a\nb"}', json, 400],
  ['half a character', latin1(0x7b, 0x22, 0xc3, 0x22, 0x3a, 0x31, 0x7d), json, 400],
  ['an encoded surrogate', latin1(0x22, 0xed, 0xa0, 0x80, 0x22), json, 400],
  ['UTF-16', Buffer.from('{"name":"a"}', 'utf16le'), json, 400],
  ['plain text', '{"name":"a"}', 'text/plain', 415],
  ['a form', 'name=a', 'application/x-www-form-urlencoded', 415],
  ['a multipart form', '--x--', 'multipart/form-data; boundary=x', 415],
  ['XML', '<name>a</name>', 'application/xml', 415],
  ['JSON in another character set', '{"name":"a"}', 'application/json; charset=latin1', 415],
  ['JSON of another kind', '{"name":"a"}', 'application/merge-patch+json', 415],
  ['a content type that is none', '{"name":"a"}', 'json', 415],
  ['no content type', '{"name":"a"}', undefined, 415],
];

/** Ids that no path takes. Some are refused by the router, which knows no parameter's name yet. */
export const badIds: readonly [string, string][] = [
  ['no id', 'No%20Such_Id!'],
  ['SQL', "1'%20OR%20'1'='1"],
  ['NUL', '%00'],
  ['NUL in an id', '0199c0de-7c1e-7000-8000-3f1f5e3a9b10%00'],
  ['a control character', 'a%07b'],
  ['a line break', 'a%0d%0aX-Injected:%20yes'],
  ['too long', 'x'.repeat(250)],
  ['longer than the router takes', 'x'.repeat(3000)],
  ['a path', '..%2F..%2Fetc%2Fpasswd'],
  ['escapes that are not UTF-8', '%ff'],
  ['an encoded surrogate', '%ed%a0%80'],
  ['half an escape', '%'],
  ['another script', '%D7%90%F0%9F%98%80'],
];

/** What somebody could make of a cursor: damaged, of another list, or forged. */
export const badCursors = (real: string | undefined): string[] => {
  const forged = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const id = '0199c0de-7c1e-7000-8000-3f1f5e3a9b10';
  const values = [null, {}, [], 7, 'x', ['hosts'], ['other-list', 'a', id], [null, null, null]];
  const general = ['x', '!!!', '%2e%2e', 'AAAA', ...values.map(forged), Buffer.from('audit:0').toString('base64url')];
  general.push(
    Buffer.from('audit:99999999999999').toString('base64url'),
    Buffer.from('audit:-1').toString('base64url'),
  );
  if (real === undefined) return general;
  const text = Buffer.from(real, 'base64url').toString('utf8');
  const parts: unknown = text.startsWith('[') ? JSON.parse(text) : undefined;
  const damaged = [real.slice(0, -4), `x${real}`, real.toUpperCase(), Buffer.from(`${text}x`).toString('base64url')];
  if (!Array.isArray(parts)) return [...general, ...damaged];
  const [name, key, last] = parts;
  const others = [
    [name, key, "x' OR true"],
    [name, {}, last],
    [name, [key], last],
    [name, true, last],
    [name, 'a\0b', last],
    [name, '\ud800', last],
    [name, key, last, 'more'],
    [`${name}x`, key, last],
  ];
  // A key that is text can be any text; one that is a time must be a time that PostgreSQL knows.
  if (typeof key === 'string' && /^\d{4}-/.test(key)) {
    for (const time of [
      'yesterday',
      'infinity',
      '99999-01-01T00:00:00Z',
      '0000-01-01T00:00:00Z',
      '2026-02-30T00:00:00Z',
    ])
      others.push([name, time, last]);
  }
  return [...general, ...damaged, ...others.map(forged)];
};

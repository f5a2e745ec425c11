import type { JsonSchema, Parameter } from '../../apps/api/src/openapi/types.ts';
import { zodOf } from './conformity.ts';
import { isSchema, membersOf, resolved } from './operations.ts';

/** A place in a body, and what is documented to be there. */
export interface Place {
  readonly path: readonly string[];
  readonly schema: JsonSchema;
}

/** Something that the documented schema of a place refuses. */
export interface BadValue {
  readonly what: string;
  /** JSON text: some of it is nothing that a JSON writer would write. */
  readonly json: string;
  /** Where in the value the fault is. */
  readonly at: readonly string[];
}

/** Every place of a body, itself included, down to the members of records and lists. */
export function* placesOf(schema: JsonSchema, path: readonly string[] = []): Generator<Place> {
  yield { path, schema };
  for (const [name, member] of membersOf(schema)) yield* placesOf(member, [...path, name]);
  const { items, additionalProperties } = schema;
  if (isSchema(items)) yield* placesOf(resolved(items), [...path, '0']);
  if (isSchema(additionalProperties)) yield* placesOf(resolved(additionalProperties), [...path, 'team']);
}

const anyType = ['null', 'true', '7', '"text"', '[]', '{}', '[[1]]', '{"a":{}}', '-0.5'];

/** Bad values for a place, one kind after the other; each is refused by what is documented. */
export function* badValuesOf({ path, schema }: Place): Generator<BadValue> {
  const documented = zodOf(schema);
  const refuses = (json: string): boolean => !documented.safeParse(JSON.parse(json)).success;
  const here = (what: string, json: string): BadValue => ({ what, json, at: [] });
  const isObject = schema['type'] === 'object';
  for (const json of anyType) {
    // What an object lacks, or has too much of, is another kind.
    if (refuses(json) && !(isObject && json.startsWith('{'))) yield here('a wrong type', json);
  }
  yield here('too deep a value', `${'['.repeat(40)}${']'.repeat(40)}`);
  yield here('a number out of range', '1e999');
  if (isText(schema) && refuses('""')) yield here('an empty text', '""');
  if (isText(schema)) yield* badTexts(path, schema);
  for (const keyword of ['minimum', 'maximum'] as const) {
    const bound = limitOf(schema, keyword);
    if (bound !== undefined) yield here('a number out of range', String(keyword === 'minimum' ? bound - 1 : bound + 1));
  }
  const most = schema['maxItems'];
  const first = firstOf(schema);
  if (typeof most === 'number')
    yield here('too long a list', JSON.stringify(Array.from({ length: most + 1 }, () => first)));
  if (isObject) yield* badObjects(schema);
}

function* badTexts(path: readonly string[], schema: JsonSchema): Generator<BadValue> {
  const here = (what: string, json: string): BadValue => ({ what, json, at: [] });
  const most = limitOf(schema, 'maxLength');
  if (most !== undefined) yield here('too long a text', JSON.stringify('x'.repeat(most + 1)));
  for (const escape of [String.raw`\u0000`, String.raw`\ud800`, String.raw`\udc00`, String.raw`\ud83d\u0041`]) {
    yield here('NUL or half a character', `"a${escape}b"`);
  }
  // A password may be made of anything that can be typed.
  if (/password/i.test(path.at(-1) ?? '')) return;
  for (const escape of [String.raw`\u0007`, String.raw`\u001b[31m`, String.raw`\u007f`, String.raw`\u0085`]) {
    yield here('a control character', `"a${escape}b"`);
  }
  if (/^(?:ca|certificate|key)$/.test(path.at(-1) ?? '')) return;
  for (const escape of [String.raw`\n`, String.raw`\r`, String.raw`\u2028`])
    yield here('a line break', `"a${escape}b"`);
}

function* badObjects(schema: JsonSchema): Generator<BadValue> {
  const members = membersOf(schema);
  const isRecord = isSchema(schema['additionalProperties']);
  const any = isRecord ? '{"team":"a"' : '{"surplus":true';
  if (!isRecord) {
    yield { what: 'an unknown field', json: '{"surplus":true}', at: ['surplus'] };
    yield { what: 'an unknown field', json: '{"":1}', at: ['(empty name)'] };
    yield { what: 'an unknown field', json: '{"constructor":{"prototype":{}}}', at: ['constructor'] };
  }
  yield { what: 'an unknown field', json: '{"__proto__":{"role":"owner"}}', at: ['__proto__'] };
  yield { what: 'NUL or half a character', json: String.raw`{"a\u0000":1}`, at: ['a\u{fffd}'] };
  yield { what: 'NUL or half a character', json: String.raw`{"\udfff":1}`, at: ['\u{fffd}'] };
  yield { what: 'the same name twice', json: `${any},${any.slice(1)}}`, at: [isRecord ? 'team' : 'surplus'] };
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  for (const [name] of members) if (required.includes(name)) yield { what: 'a missing field', json: '{}', at: [name] };
}

const isText = (schema: JsonSchema): boolean =>
  schema['type'] === 'string' || alternatives(schema).some((one) => one['type'] === 'string');
const alternatives = (schema: JsonSchema): JsonSchema[] =>
  Array.isArray(schema['anyOf']) ? schema['anyOf'].filter(isSchema) : [];

/** The limit of the schema, or of the only alternative that has one. */
const limitOf = (schema: JsonSchema, keyword: string): number | undefined => {
  const limits = [schema, ...alternatives(schema)].map((one) => one[keyword]);
  const limit = limits.find((one) => typeof one === 'number');
  return typeof limit === 'number' && Math.abs(limit) < 2 ** 31 ? limit : undefined;
};

const firstOf = (schema: JsonSchema): unknown => {
  const items = isSchema(schema['items']) ? resolved(schema['items']) : {};
  return Array.isArray(items['enum']) ? items['enum'][0] : 'x';
};

/** Bad values of a query parameter, escaped as they go over the wire. */
export function* badQueryValues({ schema }: Parameter): Generator<string> {
  yield* ['%00', 'a%00b', '%07', 'a%0d%0ab', '%ff', '%ed%a0%80', '%f', '%c0%80', '%e2%80%a8', ''];
  const described = resolved(schema);
  const most = limitOf(described, 'maxLength');
  if (most !== undefined) yield 'x'.repeat(most + 1);
  if (described['type'] === 'integer') {
    yield* ['many', '1.5', '1e400', 'NaN', 'Infinity', '-1', '%20', 'null', 'true', '99999999999999999999'];
    for (const keyword of ['minimum', 'maximum']) {
      const bound = limitOf(described, keyword);
      if (bound !== undefined) yield String(keyword === 'minimum' ? bound - 1 : bound + 1);
    }
  }
  if (Array.isArray(described['enum'])) yield* ['nonsense', String(described['enum'][0]).toUpperCase(), 'constructor'];
  if (described['format'] === 'uuid') yield* ['x', '1', `${'0'.repeat(8)}-x`, "1'%20OR%20'1'='1"];
  if (described['format'] === 'date-time') yield* ['yesterday', '2026-11-24', '2026-13-45T00:00:00Z', '0', 'infinity'];
}

/**
 * One text for one JSON value, whatever order its members were written in, as RFC 8785 (JSON Canonicalization Scheme)
 * lays down: members sorted by UTF-16 code units, numbers and strings as ECMAScript prints them, no white space.
 * @throws TypeError for what JSON can't hold: undefined, functions, NaN, infinities, objects that are no plain records
 */
export const canonicalJson = (value: unknown): string => {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError('Only finite numbers have a canonical form');
      return JSON.stringify(value);
    case 'object':
      return value === null ? 'null' : canonicalObject(value);
    default:
      throw new TypeError(`A ${typeof value} has no canonical form`);
  }
};

const canonicalObject = (value: object): string => {
  if (Array.isArray(value)) return `[${value.map((item: unknown) => canonicalJson(item)).join(',')}]`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError('Only plain objects have a canonical form');
  }
  const members = Object.entries(value)
    // Code units, not a locale's order; entries never hold two equal names.
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
};

import { MalformedBody, ValidationFailed } from '@plimsoll/contracts';

/** Deeper than anything this API takes, and far from what would hurt a recursive reader. */
const jsonDepthLimit = 32;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Parses a request body more strictly than `JSON.parse`: what two readers could understand differently, or what
 * PostgreSQL could not store, is refused with the member's name instead of being dropped in silence.
 * @throws MalformedBody when it is not UTF-8 or not JSON
 * @throws ValidationFailed for duplicate members, `__proto__`, NUL, unpaired surrogates and more than
 * `jsonDepthLimit` levels
 */
export const parseStrictJson = (body: Uint8Array): unknown => {
  const text = decode(body);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw malformed(error instanceof Error ? error.message.replace(/[\p{Cc}\p{Cs}]/gu, '\u{fffd}') : 'Not JSON', error);
  }
  new Inspection(text).run();
  return value;
};

const decode = (body: Uint8Array): string => {
  try {
    return utf8.decode(body);
  } catch (error) {
    throw malformed('The body is not valid UTF-8', error);
  }
};

const malformed = (message: string, cause: unknown): MalformedBodyProblem =>
  new MalformedBody({}, { detail: message, errors: [{ field: 'body', in: 'body', message }], cause });
type MalformedBodyProblem = InstanceType<typeof MalformedBody>;

interface Level {
  readonly names: Set<string> | undefined;
  /** The member or the index that is being read. */
  at: string | number;
}

/** One walk over text that is known to be JSON. */
class Inspection {
  readonly #text: string;
  readonly #levels: Level[] = [];
  #position = 0;
  #expectsName = false;

  constructor(text: string) {
    this.#text = text;
  }

  run(): void {
    for (; this.#position < this.#text.length; this.#position += 1) this.#step(this.#text[this.#position]);
  }

  #step(character: string | undefined): void {
    const level = this.#levels.at(-1);
    if (character === '{' || character === '[') this.#open(character === '{');
    else if (character === '}' || character === ']') this.#levels.pop();
    else if (character === ',') {
      this.#expectsName = level?.names !== undefined;
      if (typeof level?.at === 'number') level.at += 1;
    } else if (character === '"') this.#string(level);
    else return;
    if (character === '}' || character === ']') this.#expectsName = false;
  }

  #open(isObject: boolean): void {
    if (this.#levels.length === jsonDepthLimit) {
      this.#levels.length = 3;
      this.#refuse(`Nested deeper than ${jsonDepthLimit} levels`);
    }
    this.#levels.push({ names: isObject ? new Set() : undefined, at: isObject ? '' : 0 });
    this.#expectsName = isObject;
  }

  #string(level: Level | undefined): void {
    const start = this.#position;
    for (this.#position += 1; this.#text[this.#position] !== '"'; this.#position += 1) {
      if (this.#text[this.#position] === '\\') this.#position += 1;
    }
    const raw = this.#text.slice(start, this.#position + 1);
    // NUL and surrogates can only come as escapes: raw ones are no JSON and no UTF-8.
    const value = raw.includes('\\') ? String(JSON.parse(raw)) : raw.slice(1, -1);
    const names = this.#expectsName ? level?.names : undefined;
    if (level !== undefined && names !== undefined) level.at = value;
    if (raw.includes('\\') && (value.includes('\0') || !value.isWellFormed())) {
      this.#refuse('NUL and unpaired surrogates are not allowed');
    }
    if (names === undefined) return;
    this.#expectsName = false;
    if (value === '__proto__') this.#refuse('This name is not allowed');
    if (names.has(value)) this.#refuse('The same name appears twice');
    names.add(value);
  }

  #refuse(message: string): never {
    const path = this.#levels.map((level) => String(level.at)).join('.');
    throw new ValidationFailed({}, { errors: [{ field: printable(path) || 'body', in: 'body', message }] });
  }
}

/** What a client sent, safe to show: no control characters, no half characters, not endless. */
export const printable = (text: string): string =>
  text
    .replace(/[\p{Cc}\u2028\u2029]/gu, '\u{fffd}')
    .toWellFormed()
    .slice(0, 200);

import { EngineError } from './engine-error.ts';

/** No answer of an Engine is nested deeper than about 12. */
const depthLimit = 64;

const quote = 0x22;
const backslash = 0x5c;

/**
 * Parses JSON whose depth is bounded: `JSON.parse` itself takes any depth, what walks its result later does not.
 * @throws EngineError `too-deep`, `malformed`
 */
export const parseBoundedJson = (body: Buffer, limit = depthLimit): unknown => {
  assertDepth(body, limit);
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new EngineError('malformed', { detail: 'The answer is not JSON.', cause });
  }
};

const assertDepth = (body: Buffer, limit: number): void => {
  let depth = 0;
  for (let index = 0; index < body.length; index += 1) {
    const byte = body[index];
    if (byte === quote) {
      index = endOfString(body, index);
    } else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth > limit) throw new EngineError('too-deep', { detail: `The answer is nested more than ${limit} deep.` });
    } else if (byte === 0x7d || byte === 0x5d) {
      depth -= 1;
    }
  }
};

/** Index of the quote that ends the string which starts at `start`; the body's end where none does. */
const endOfString = (body: Buffer, start: number): number => {
  let end = start;
  for (;;) {
    end = body.indexOf(quote, end + 1); // native, and most bytes of an answer are in strings
    if (end === -1) return body.length;
    let escapes = 0;
    while (body[end - 1 - escapes] === backslash) escapes += 1;
    if (escapes % 2 === 0) return end;
  }
};

import { ValidationFailed } from '@plimsoll/contracts';
import type { FieldError } from '@plimsoll/contracts';
import { printable } from './strict-json.ts';

const parameterLimit = 100;

/** Query parameters by name; a repeated one is a list, which no scalar schema takes. Never throws. */
export const parseQuery = (text: string): Record<string, string | string[]> => {
  const query: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) {
    const earlier = query[name];
    query[name] = earlier === undefined ? value : [...(Array.isArray(earlier) ? earlier : [earlier]), value];
  }
  return query;
};

/**
 * Refuses what a lenient parser would mend: escapes that are not UTF-8, control characters, a flood of parameters.
 * @param url the request target as it came
 * @param parameters the path parameters as the router decoded them
 * @returns a `ValidationFailed` that names the parameters, or undefined
 */
export const strangenessOf = (
  url: string,
  parameters: Readonly<Record<string, unknown>>,
): InstanceType<typeof ValidationFailed> | undefined => {
  // Only an escape can bring what is refused here: Node takes no raw control characters in a request target.
  if (!url.includes('%') && !url.includes('?')) return undefined;
  const errors = [...strangePathParameters(parameters), ...strangeQueryParameters(url)];
  return errors.length > 0 ? new ValidationFailed({}, { errors }) : undefined;
};

const hasControls = (text: string): boolean => /[\p{Cc}\u2028\u2029]/u.test(text);

function* strangePathParameters(parameters: Readonly<Record<string, unknown>>): Generator<FieldError> {
  for (const [field, value] of Object.entries(parameters)) {
    if (typeof value === 'string' && hasControls(value)) {
      yield { field, in: 'path', message: 'Control characters are not allowed' };
    }
  }
}

function* strangeQueryParameters(url: string): Generator<FieldError> {
  const start = url.indexOf('?');
  if (start === -1 || start === url.length - 1) return;
  const pairs = url.slice(start + 1).split('&', parameterLimit + 1);
  if (pairs.length > parameterLimit) {
    yield { field: 'query', in: 'query', message: `At most ${parameterLimit} parameters` };
    return;
  }
  for (const pair of pairs) {
    const [name = '', ...value] = pair.split('=');
    const decoded = decode(pair);
    const message =
      decoded === undefined
        ? 'The escapes are not valid UTF-8'
        : hasControls(decoded)
          ? 'Control characters are not allowed'
          : undefined;
    if (message !== undefined) yield { field: nameOf(name, value.length > 0), in: 'query', message };
  }
}

const nameOf = (name: string, hasValue: boolean): string =>
  printable(decode(name) ?? name) || (hasValue ? '(empty name)' : 'query');

const decode = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
};

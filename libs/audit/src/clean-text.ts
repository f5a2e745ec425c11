/**
 * PostgreSQL stores neither NUL nor lone surrogates. What an event says may come from a stranger (a name that failed to
 * log in, a path), so such characters are replaced and the event is still written.
 */
export const cleanText = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD');

/** The same for every string in a JSON value, names of members included. */
export const cleanJson = (value: unknown): unknown => {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(cleanJson);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [cleanText(name), cleanJson(member)]));
  }
  return value;
};

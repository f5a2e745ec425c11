const isGiven = (value: unknown): value is string | number | boolean | unknown[] =>
  typeof value === 'number' ||
  typeof value === 'boolean' ||
  Array.isArray(value) ||
  (typeof value === 'string' && value !== '');

/** What is empty is left out: an empty cursor is the first page, an empty filter is none. Lists go with commas. */
export const queryString = (query: Record<string, unknown>): string => {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (isGiven(value)) parameters.set(name, value.toString());
  return parameters.toString();
};

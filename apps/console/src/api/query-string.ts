/** What is empty is left out: an empty cursor is the first page, an empty filter is none. Lists go with commas. */
export const queryString = (query: Record<string, unknown>): string =>
  new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) =>
      value === undefined || value === null || value === '' ? [] : [[name, String(value)]],
    ),
  ).toString();

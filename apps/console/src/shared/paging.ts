/** How a cursor list tells its next page, for `useInfiniteQuery`. The first page has an empty cursor, which is not sent. */
export const nextPage = {
  initialPageParam: '',
  getNextPageParam: (page: { nextCursor: string | null }) => page.nextCursor ?? undefined,
} as const;

/** All items of the pages loaded so far. */
export const itemsOf = <Item>(data: { pages: { items: Item[] }[] }): Item[] => data.pages.flatMap(({ items }) => items);

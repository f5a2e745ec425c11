import { Button, Center } from '@mantine/core';

interface InfiniteQuery {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
}

/** The rest of a list, page by page. */
export const LoadMore = ({ query }: { query: InfiniteQuery }) =>
  query.hasNextPage ? (
    <Center mt="md">
      <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        Show more
      </Button>
    </Center>
  ) : null;

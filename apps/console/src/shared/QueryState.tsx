import { Alert, Button, Center, Loader, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconLock } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { problemOf } from '../api/problem.ts';

interface Query<T> {
  data: T | undefined;
  error: unknown;
  isPending: boolean;
  refetch: () => unknown;
}

/** The states of whatever is loaded: loading, denied, failed with a way on, and what there is to see. */
export const QueryState = <T,>({
  query,
  children,
  what,
}: {
  query: Query<T>;
  what: string;
  children: (data: T) => ReactNode;
}) => {
  if (query.data !== undefined) return children(query.data);
  if (query.isPending)
    return (
      <Center py="xl">
        <Loader role="status" aria-label={`Loading ${what}`} />
      </Center>
    );
  return <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />;
};

/** Says what went wrong, in the server's own words, and offers what may help. */
export const ProblemAlert = ({ error, onRetry }: { error: unknown; onRetry?: () => void }) => {
  const problem = problemOf(error);
  const denied = problem.status === 403;
  const mayHelp = !denied && problem.status !== 404;
  return (
    <Alert
      color={denied ? 'gray' : 'red'}
      variant="light"
      role="alert"
      icon={denied ? <IconLock /> : <IconAlertTriangle />}
      title={problem.title}
    >
      <Stack gap="xs" align="flex-start">
        {problem.detail !== undefined && <Text size="sm">{problem.detail}</Text>}
        {denied && <Text size="sm">Ask an owner or admin of this tenant for a role that permits it.</Text>}
        {problem.requestId !== undefined && mayHelp && (
          <Text size="xs" c="dimmed">
            Request {problem.requestId}
          </Text>
        )}
        {onRetry !== undefined && mayHelp && (
          <Button size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
};

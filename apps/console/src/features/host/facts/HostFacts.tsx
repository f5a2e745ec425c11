import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getHostFactsOptions } from '../../../api/generated/@tanstack/react-query.gen.ts';
import type { Host } from '../../../api/generated/types.gen.ts';
import { problemOf } from '../../../api/problem.ts';
import { EmptyState } from '../../../shared/EmptyState.tsx';
import { Notice } from '../../../shared/Notice.tsx';
import { QueryState } from '../../../shared/QueryState.tsx';
import { TimeAgo } from '../../../shared/TimeAgo.tsx';
import { useLastJudgedScan } from '../useLastJudgedScan.ts';
import { EndpointFacts } from './EndpointFacts.tsx';
import { EngineFacts } from './EngineFacts.tsx';
import { KnownFlaws } from './KnownFlaws.tsx';

/** What the last scan saw of the host's endpoint and engine, and which known flaws its versions have. */
export const HostFacts = ({ host }: { host: Host }) => {
  const query = useQuery(getHostFactsOptions({ path: { hostId: host.id } }));
  const judged = useLastJudgedScan(host);
  if (query.isError && problemOf(query.error).status === 404)
    return <EmptyState title="Nothing seen yet">Scan this host first.</EmptyState>;
  return (
    <QueryState query={query} what="endpoint and engine">
      {({ takenAt, endpoint, endpointMissing, engine }) => (
        <Stack gap="xl">
          <Text size="sm" c="dimmed">
            Seen <TimeAgo time={takenAt} size="sm" />
          </Text>
          <EngineFacts engine={engine} />
          {judged !== undefined && <KnownFlaws scanId={judged.id} />}
          {endpoint === null ? (
            <Notice tone="neutral" title="The endpoint was not looked at">
              {endpointMissing}
            </Notice>
          ) : (
            <EndpointFacts endpoint={endpoint} />
          )}
        </Stack>
      )}
    </QueryState>
  );
};

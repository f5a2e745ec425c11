import { Badge, Table, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { listHostScansInfiniteOptions } from '../../api/generated/@tanstack/react-query.gen.ts';
import type { Scan, ScanState } from '../../api/generated/types.gen.ts';
import { EmptyState } from '../../shared/EmptyState.tsx';
import { LoadMore } from '../../shared/LoadMore.tsx';
import { QueryState } from '../../shared/QueryState.tsx';
import { TimeAgo } from '../../shared/TimeAgo.tsx';
import { itemsOf, nextPage } from '../../shared/paging.ts';

const colours: Record<ScanState, string> = {
  queued: 'gray.7',
  running: 'blue.8',
  succeeded: 'teal.9',
  partial: 'yellow.9',
  failed: 'red.9',
  cancelled: 'gray.7',
};

export const HostScans = ({ hostId }: { hostId: string }) => {
  const query = useInfiniteQuery({ ...listHostScansInfiniteOptions({ path: { hostId }, query: {} }), ...nextPage });
  return (
    <QueryState query={query} what="scans">
      {(data) => {
        const scans = itemsOf(data);
        if (scans.length === 0)
          return <EmptyState title="No scans yet">Start one to see what is wrong on this host.</EmptyState>;
        return (
          <>
            <ScanTable scans={scans} />
            <LoadMore query={query} />
          </>
        );
      }}
    </QueryState>
  );
};

const ScanTable = ({ scans }: { scans: Scan[] }) => (
  <Table.ScrollContainer minWidth={680} type="native">
    <Table verticalSpacing="sm">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>State</Table.Th>
          <Table.Th>When</Table.Th>
          <Table.Th>By</Table.Th>
          <Table.Th>Took</Table.Th>
          <Table.Th>Score</Table.Th>
          <Table.Th>Opened</Table.Th>
          <Table.Th>Fixed</Table.Th>
          <Table.Th>Came back</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {scans.map((scan) => (
          <Table.Tr key={scan.id}>
            <Table.Td>
              <Badge color={colours[scan.state]} radius="sm">
                {scan.state}
              </Badge>
              {scan.detail !== null && (
                <Text size="xs" c="dimmed">
                  {scan.detail} {scan.nextStep}
                </Text>
              )}
            </Table.Td>
            <Table.Td>
              <TimeAgo time={scan.queuedAt} size="sm" />
            </Table.Td>
            <Table.Td>{scan.requestedBy}</Table.Td>
            <Table.Td>{scan.durationMs === null ? '–' : `${(scan.durationMs / 1_000).toFixed(1)} s`}</Table.Td>
            <Table.Td>{scan.score ?? '–'}</Table.Td>
            <Table.Td>{scan.opened ?? '–'}</Table.Td>
            <Table.Td>{scan.fixed ?? '–'}</Table.Td>
            <Table.Td>{scan.reopened ?? '–'}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  </Table.ScrollContainer>
);

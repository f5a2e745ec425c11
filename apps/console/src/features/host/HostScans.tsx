import { Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { listHostScansInfiniteOptions } from '../../api/generated/@tanstack/react-query.gen.ts';
import type { Scan, ScanState } from '../../api/generated/types.gen.ts';
import { type Column, DataTable } from '../../shared/DataTable.tsx';
import { EmptyState } from '../../shared/EmptyState.tsx';
import { LoadMore } from '../../shared/LoadMore.tsx';
import { QueryState } from '../../shared/QueryState.tsx';
import { StateBadge } from '../../shared/StateBadge.tsx';
import { TimeAgo } from '../../shared/TimeAgo.tsx';
import { itemsOf, nextPage } from '../../shared/paging.ts';

const tones: Record<ScanState, 'neutral' | 'busy' | 'good' | 'warning' | 'bad'> = {
  queued: 'neutral',
  running: 'busy',
  succeeded: 'good',
  partial: 'warning',
  failed: 'bad',
  cancelled: 'neutral',
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
            <DataTable label="Scans" columns={columns} rows={scans} rowKey={({ id }) => id} />
            <LoadMore query={query} />
          </>
        );
      }}
    </QueryState>
  );
};

const State = ({ scan }: { scan: Scan }) => (
  <Stack gap={4} align="flex-start">
    <StateBadge tone={tones[scan.state]}>{scan.state}</StateBadge>
    {scan.detail !== null && (
      <Text size="xs" c="dimmed">
        {scan.detail} {scan.nextStep}
      </Text>
    )}
  </Stack>
);

const columns: readonly Column<Scan>[] = [
  { head: 'State', wraps: true, bare: true, cell: (scan) => <State scan={scan} /> },
  { head: 'When', cell: ({ queuedAt }) => <TimeAgo time={queuedAt} size="sm" /> },
  { head: 'By', wraps: true, cell: ({ requestedBy }) => requestedBy },
  { head: 'Took', cell: ({ durationMs }) => (durationMs === null ? '–' : `${(durationMs / 1_000).toFixed(1)} s`) },
  { head: 'Score', cell: ({ score }) => score ?? '–' },
  { head: 'Opened', cell: ({ opened }) => opened ?? '–' },
  { head: 'Fixed', cell: ({ fixed }) => fixed ?? '–' },
  { head: 'Came back', cell: ({ reopened }) => reopened ?? '–' },
];

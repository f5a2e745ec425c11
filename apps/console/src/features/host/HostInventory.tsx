import { Group, Text } from '@mantine/core';
import { type InfiniteData, type UseInfiniteQueryResult, useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import {
  listHostContainersInfiniteOptions,
  listHostImagesInfiniteOptions,
} from '../../api/generated/@tanstack/react-query.gen.ts';
import type { HostContainer, HostImage, Severity } from '../../api/generated/types.gen.ts';
import { problemOf } from '../../api/problem.ts';
import { type Column, DataTable } from '../../shared/DataTable.tsx';
import { EmptyState } from '../../shared/EmptyState.tsx';
import { LoadMore } from '../../shared/LoadMore.tsx';
import { QueryState } from '../../shared/QueryState.tsx';
import { SeverityBadge } from '../../shared/SeverityBadge.tsx';
import { StateBadge } from '../../shared/StateBadge.tsx';
import { TimeAgo } from '../../shared/TimeAgo.tsx';
import { itemsOf, nextPage } from '../../shared/paging.ts';

const pageSize = 100;

/** What the last scan saw running. */
export const HostContainers = ({ hostId }: { hostId: string }) => (
  <Inventory
    what="containers"
    query={useInfiniteQuery({
      ...listHostContainersInfiniteOptions({ path: { hostId }, query: { limit: pageSize } }),
      ...nextPage,
    })}
  >
    {(rows: HostContainer[]) => (
      <DataTable label="Containers" columns={containerColumns} rows={rows} rowKey={({ id }) => id} />
    )}
  </Inventory>
);

/** From what it runs, and what lies beside it. */
export const HostImages = ({ hostId }: { hostId: string }) => (
  <Inventory
    what="images"
    query={useInfiniteQuery({
      ...listHostImagesInfiniteOptions({ path: { hostId }, query: { limit: pageSize } }),
      ...nextPage,
    })}
  >
    {(rows: HostImage[]) => <DataTable label="Images" columns={imageColumns} rows={rows} rowKey={({ id }) => id} />}
  </Inventory>
);

interface InventoryProps<Row> {
  what: string;
  query: UseInfiniteQueryResult<InfiniteData<{ items: Row[] }>, unknown>;
  children: (rows: Row[]) => ReactNode;
}

const Inventory = <Row,>({ what, query, children }: InventoryProps<Row>) => {
  if (query.isError && problemOf(query.error).status === 404)
    return <EmptyState title="Nothing seen yet">Scan this host first.</EmptyState>;
  return (
    <QueryState query={query} what={what}>
      {(data) => {
        const rows = itemsOf(data);
        if (rows.length === 0)
          return <EmptyState title={`No ${what}`}>The last scan saw none on this host.</EmptyState>;
        return (
          <>
            {children(rows)}
            <LoadMore query={query} />
          </>
        );
      }}
    </QueryState>
  );
};

const Worst = ({ severity, count }: { severity: Severity | null; count: number }) =>
  severity === null ? (
    <Text size="sm" c="dimmed">
      none
    </Text>
  ) : (
    <Group gap="xs" wrap="nowrap">
      <SeverityBadge severity={severity} />
      <Text size="xs" c="dimmed" span>
        {count} open
      </Text>
    </Group>
  );

const containerColumns: readonly Column<HostContainer>[] = [
  {
    head: 'Name',
    wraps: true,
    bare: true,
    cell: ({ name, project }) => (
      <>
        <Text size="sm" fw={600}>
          {name}
        </Text>
        {project !== null && (
          <Text size="xs" c="dimmed">
            {project}
          </Text>
        )}
      </>
    ),
  },
  { head: 'State', cell: ({ state }) => <StateBadge tone={toneOf(state)}>{state ?? 'unknown'}</StateBadge> },
  { head: 'Image', wraps: true, cell: ({ image }) => image ?? '–' },
  {
    head: 'Ports',
    wraps: true,
    cell: ({ ports }) => (ports.length === 0 ? '–' : ports.map((port) => <div key={port}>{port}</div>)),
  },
  {
    head: 'Findings',
    cell: (container) => <Worst severity={container.worstSeverity} count={container.openFindings} />,
  },
];

const toneOf = (state: string | null): 'good' | 'neutral' => (state === 'running' ? 'good' : 'neutral');

const megabyte = 1_000_000;
const shortIdLength = 19;

const imageColumns: readonly Column<HostImage>[] = [
  {
    head: 'Image',
    wraps: true,
    bare: true,
    cell: ({ id, references }) => (
      <Text size="sm" fw={600}>
        {references.length === 0 ? id.slice(0, shortIdLength) : references.join(', ')}
      </Text>
    ),
  },
  { head: 'Size', cell: ({ sizeBytes }) => `${(sizeBytes / megabyte).toFixed(1)} MB` },
  { head: 'Built', cell: ({ createdAt }) => <TimeAgo time={createdAt} size="sm" /> },
  { head: 'Used by', cell: ({ usedBy }) => usedBy },
  { head: 'Findings', cell: (image) => <Worst severity={image.worstSeverity} count={image.openFindings} /> },
];

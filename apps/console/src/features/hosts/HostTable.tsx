import { Anchor, Badge, Group, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { Host } from '../../api/generated/types.gen.ts';
import { type Column, DataTable } from '../../shared/DataTable.tsx';
import { Score } from '../../shared/Score.tsx';
import { SeverityCountsLine } from '../../shared/SeverityBadge.tsx';
import { SimulatedBadge } from '../../shared/SimulatedBadge.tsx';
import { TimeAgo } from '../../shared/TimeAgo.tsx';
import { ReachabilityBadge } from './ReachabilityBadge.tsx';

const HostName = ({ host }: { host: Host }) => (
  <Stack gap={4}>
    <Group gap="xs">
      <Anchor component={Link} to={`/hosts/${host.id}`} fw={600}>
        {host.name}
      </Anchor>
      {host.simulated && <SimulatedBadge />}
    </Group>
    <Text size="xs" c="dimmed">
      {host.address}
    </Text>
    <Group gap={4}>
      {Object.entries(host.labels).map(([name, value]) => (
        <Badge key={name} variant="default" size="sm" tt="none" fw={400} radius="sm">
          {name}={value}
        </Badge>
      ))}
    </Group>
  </Stack>
);

const columns: readonly Column<Host>[] = [
  { head: 'Host', wraps: true, bare: true, cell: (host) => <HostName host={host} /> },
  { head: 'Score', cell: ({ score }) => <Score score={score} size={48} /> },
  {
    head: 'Open findings',
    wraps: true,
    cell: ({ counts, score }) =>
      score === null ? (
        <Text size="sm" c="dimmed">
          not known yet
        </Text>
      ) : (
        <SeverityCountsLine counts={counts} />
      ),
  },
  { head: 'State', cell: ({ reachability }) => <ReachabilityBadge reachability={reachability} /> },
  { head: 'Engine', cell: ({ engineVersion }) => engineVersion ?? '–' },
  { head: 'Last scan', cell: ({ lastScanAt }) => <TimeAgo time={lastScanAt} size="sm" /> },
];

export const HostTable = ({ hosts }: { hosts: Host[] }) => (
  <DataTable label="Hosts" columns={columns} rows={hosts} rowKey={({ id }) => id} />
);

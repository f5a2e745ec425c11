import { Anchor, Badge, Button, Group, Select, Table, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'react-router';
import { listHostsInfiniteOptions } from '../../api/generated/@tanstack/react-query.gen.ts';
import type { Host, ListHostsData } from '../../api/generated/types.gen.ts';
import { usePermission } from '../../session/use-session.ts';
import { EmptyState } from '../../shared/EmptyState.tsx';
import { LoadMore } from '../../shared/LoadMore.tsx';
import { PageHeader } from '../../shared/PageHeader.tsx';
import { QueryState } from '../../shared/QueryState.tsx';
import { Score } from '../../shared/Score.tsx';
import { SeverityCountsLine } from '../../shared/SeverityBadge.tsx';
import { SimulatedBadge } from '../../shared/SimulatedBadge.tsx';
import { TimeAgo } from '../../shared/TimeAgo.tsx';
import { itemsOf, nextPage } from '../../shared/paging.ts';
import { ReachabilityBadge } from './ReachabilityBadge.tsx';

type Query = NonNullable<ListHostsData['query']>;

const states = ['reachable', 'unreachable', 'unknown'] as const;
const sorts: { value: NonNullable<Query['sort']>; label: string }[] = [
  { value: 'name', label: 'Name' },
  { value: 'score', label: 'Worst score first' },
  { value: '-lastScanAt', label: 'Latest scan first' },
  { value: '-createdAt', label: 'Newest first' },
];
const refreshMs = 10_000;

/** The filters live in the URL, so that a view can be shared. */
const useFilters = () => {
  const [parameters, setParameters] = useSearchParams();
  const set = (name: string, value: string | null): void =>
    setParameters(
      (before) => {
        if (value) before.set(name, value);
        else before.delete(name);
        return before;
      },
      { replace: true },
    );
  const state = states.find((each) => each === parameters.get('state'));
  const sort = sorts.find(({ value }) => value === parameters.get('sort'))?.value ?? 'name';
  const search = parameters.get('search') ?? '';
  const label = parameters.get('label') ?? '';
  const query: Query = {
    sort,
    ...(state === undefined ? {} : { state }),
    ...(search === '' ? {} : { search }),
    ...(label === '' ? {} : { label }),
  };
  return { query, state, sort, search, label, set, filtered: state !== undefined || search !== '' || label !== '' };
};

export const HostsPage = () => {
  const filters = useFilters();
  const canManage = usePermission('hosts:manage');
  const setSearch = useDebouncedCallback((value: string) => filters.set('search', value.trim()), 300);
  const setLabel = useDebouncedCallback((value: string) => filters.set('label', value.trim()), 300);
  const query = useInfiniteQuery({
    ...listHostsInfiniteOptions({ query: filters.query }),
    ...nextPage,
    refetchInterval: refreshMs,
  });
  const register = canManage && (
    <Button component={Link} to="/hosts/new" leftSection={<IconPlus size={16} aria-hidden />}>
      Register host
    </Button>
  );
  return (
    <>
      <PageHeader title="Hosts" actions={register} />
      <Group mb="md" align="flex-end">
        <TextInput
          label="Search"
          placeholder="Name or address"
          leftSection={<IconSearch size={16} aria-hidden />}
          defaultValue={filters.search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <TextInput
          label="Labels"
          placeholder="team=payments"
          defaultValue={filters.label}
          onChange={(event) => setLabel(event.currentTarget.value)}
        />
        <Select
          label="State"
          placeholder="any"
          clearable
          data={[...states]}
          value={filters.state ?? null}
          onChange={(value) => filters.set('state', value)}
          w={150}
        />
        <Select
          label="Order"
          data={sorts}
          allowDeselect={false}
          value={filters.sort}
          onChange={(value) => filters.set('sort', value)}
          w={180}
        />
      </Group>
      <QueryState query={query} what="hosts">
        {(data) => {
          const hosts = itemsOf(data);
          if (hosts.length === 0)
            return filters.filtered ? (
              <EmptyState title="No host matches">Change the filters to see more.</EmptyState>
            ) : (
              <EmptyState title="No hosts yet" action={register}>
                Register a Docker host with its certificates. Nothing is installed on it, and a scan only reads.
              </EmptyState>
            );
          return (
            <>
              <HostTable hosts={hosts} />
              <LoadMore query={query} />
            </>
          );
        }}
      </QueryState>
    </>
  );
};

const HostTable = ({ hosts }: { hosts: Host[] }) => (
  <Table.ScrollContainer minWidth={760} type="native">
    <Table verticalSpacing="sm" highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Score</Table.Th>
          <Table.Th>Host</Table.Th>
          <Table.Th>Open findings</Table.Th>
          <Table.Th>State</Table.Th>
          <Table.Th>Engine</Table.Th>
          <Table.Th>Last scan</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {hosts.map((host) => (
          <Table.Tr key={host.id}>
            <Table.Td>
              <Score score={host.score} size={48} />
            </Table.Td>
            <Table.Td>
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
                  <Badge key={name} variant="default" size="sm" tt="none" radius="sm">
                    {name}={value}
                  </Badge>
                ))}
              </Group>
            </Table.Td>
            <Table.Td>
              <SeverityCountsLine counts={host.counts} />
            </Table.Td>
            <Table.Td>
              <ReachabilityBadge reachability={host.reachability} />
            </Table.Td>
            <Table.Td>{host.engineVersion ?? '–'}</Table.Td>
            <Table.Td>
              <TimeAgo time={host.lastScanAt} size="sm" />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  </Table.ScrollContainer>
);

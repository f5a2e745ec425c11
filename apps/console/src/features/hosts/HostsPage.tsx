import { Button, Select } from '@mantine/core';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { listHostsInfiniteOptions } from '../../api/generated/@tanstack/react-query.gen.ts';
import type { ListHostsData } from '../../api/generated/types.gen.ts';
import { usePermission } from '../../session/use-session.ts';
import { EmptyState } from '../../shared/EmptyState.tsx';
import { FilterBar } from '../../shared/FilterBar.tsx';
import { FilterField } from '../../shared/FilterField.tsx';
import { LoadMore } from '../../shared/LoadMore.tsx';
import { PageHeader } from '../../shared/PageHeader.tsx';
import { QueryState } from '../../shared/QueryState.tsx';
import { itemsOf, nextPage } from '../../shared/paging.ts';
import { useUrlFilters } from '../../shared/url-filters.ts';
import { HostTable } from './HostTable.tsx';

type Query = NonNullable<ListHostsData['query']>;

const states = [
  { value: 'reachable', label: 'reachable' },
  { value: 'unreachable', label: 'unreachable' },
  { value: 'unknown', label: 'not tried yet' },
] as const;
const sorts = [
  { value: 'name', label: 'Name' },
  { value: 'score', label: 'Worst score first' },
  { value: '-lastScanAt', label: 'Latest scan first' },
  { value: '-createdAt', label: 'Newest first' },
] as const;
const refreshMs = 10_000;

const useHostFilters = () => {
  const { text, oneOf, set } = useUrlFilters();
  const state = oneOf(
    'state',
    states.map(({ value }) => value),
  );
  const sort =
    oneOf(
      'sort',
      sorts.map(({ value }) => value),
    ) ?? 'name';
  const search = text('search');
  const label = text('label');
  const query: Query = { sort, search, label, ...(state === undefined ? {} : { state }) };
  return { query, state, sort, search, label, set, filtered: state !== undefined || search !== '' || label !== '' };
};

export const HostsPage = () => {
  const filters = useHostFilters();
  const canManage = usePermission('hosts:manage');
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
      <FilterBar>
        <FilterField
          label="Search"
          placeholder="Name or address"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={filters.search}
          onChange={(value) => filters.set('search', value)}
        />
        <FilterField
          label="Labels"
          placeholder="team=payments"
          value={filters.label}
          onChange={(value) => filters.set('label', value)}
        />
        <Select
          label="State"
          placeholder="any"
          clearable
          data={[...states]}
          value={filters.state ?? null}
          onChange={(value) => filters.set('state', value)}
        />
        <Select
          label="Order"
          data={[...sorts]}
          allowDeselect={false}
          value={filters.sort}
          onChange={(value) => filters.set('sort', value)}
        />
      </FilterBar>
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

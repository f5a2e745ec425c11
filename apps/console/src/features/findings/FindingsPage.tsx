import { Accordion, Group, MultiSelect, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { listFindingsInfiniteOptions } from '../../api/generated/@tanstack/react-query.gen.ts';
import type { ListFindingsData } from '../../api/generated/types.gen.ts';
import { EmptyState } from '../../shared/EmptyState.tsx';
import { LoadMore } from '../../shared/LoadMore.tsx';
import { PageHeader } from '../../shared/PageHeader.tsx';
import { QueryState } from '../../shared/QueryState.tsx';
import { itemsOf, nextPage } from '../../shared/paging.ts';
import { FindingItem } from './FindingItem.tsx';
import { severities, themes } from './vocabulary.ts';

type Query = NonNullable<ListFindingsData['query']>;
const statuses = ['open', 'fixed'] as const;
const sorts: { value: NonNullable<Query['sort']>; label: string }[] = [
  { value: 'severity', label: 'Worst first' },
  { value: '-openedAt', label: 'Newest first' },
  { value: 'openedAt', label: 'Oldest first' },
];

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
  const text = (name: string): string => parameters.get(name) ?? '';
  const several = (name: string): string[] =>
    text(name)
      .split(',')
      .filter((each) => each !== '');
  const status = text('status') === 'any' ? undefined : (statuses.find((each) => each === text('status')) ?? 'open');
  const sort = sorts.find(({ value }) => value === text('sort'))?.value ?? 'severity';
  const given = (['severity', 'theme', 'check', 'search', 'hostId'] as const).flatMap((name) =>
    text(name) === '' ? [] : [[name, text(name)] as const],
  );
  const query: Query = { sort, ...(status === undefined ? {} : { status }), ...Object.fromEntries(given) };
  return { query, status, sort, text, several, set };
};

export const FindingsPage = () => {
  const filters = useFilters();
  const setSearch = useDebouncedCallback((value: string) => filters.set('search', value.trim()), 300);
  const query = useInfiniteQuery({ ...listFindingsInfiniteOptions({ query: filters.query }), ...nextPage });
  return (
    <>
      <PageHeader
        title="Findings"
        description="What is wrong across all hosts, with the evidence and the way to fix it."
      />
      <Group mb="md" align="flex-end">
        <TextInput
          label="Search"
          placeholder="Title, reason or thing"
          leftSection={<IconSearch size={16} aria-hidden />}
          defaultValue={filters.text('search')}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <MultiSelect
          label="Severity"
          placeholder={filters.several('severity').length === 0 ? 'any' : ''}
          clearable
          data={[...severities]}
          value={filters.several('severity')}
          onChange={(values) => filters.set('severity', values.join(','))}
          miw={180}
        />
        <MultiSelect
          label="Theme"
          placeholder={filters.several('theme').length === 0 ? 'any' : ''}
          clearable
          data={themes}
          value={filters.several('theme')}
          onChange={(values) => filters.set('theme', values.join(','))}
          miw={200}
        />
        <Select
          label="Status"
          data={[
            { value: 'open', label: 'open' },
            { value: 'fixed', label: 'fixed' },
            { value: 'any', label: 'any' },
          ]}
          allowDeselect={false}
          value={filters.status ?? 'any'}
          onChange={(value) => filters.set('status', value === 'open' ? null : value)}
          w={110}
        />
        <Select
          label="Order"
          data={sorts}
          allowDeselect={false}
          value={filters.sort}
          onChange={(value) => filters.set('sort', value)}
          w={150}
        />
        {filters.text('check') !== '' && (
          <Select
            label="Check"
            data={[filters.text('check')]}
            clearable
            value={filters.text('check')}
            onChange={(value) => filters.set('check', value)}
          />
        )}
      </Group>
      <QueryState query={query} what="findings">
        {(data) => {
          const findings = itemsOf(data);
          if (findings.length === 0)
            return (
              <EmptyState title="No findings">
                Nothing matches these filters. If no host was scanned yet, scan one first.
              </EmptyState>
            );
          return (
            <>
              <Accordion variant="separated">
                {findings.map((finding) => (
                  <FindingItem key={finding.id} finding={finding} showHost />
                ))}
              </Accordion>
              <LoadMore query={query} />
            </>
          );
        }}
      </QueryState>
    </>
  );
};

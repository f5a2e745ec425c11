import { Accordion, Button, Group, MultiSelect, Select } from '@mantine/core';
import { IconSearch, IconX } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { listFindingsInfiniteOptions } from '../../api/generated/@tanstack/react-query.gen.ts';
import type { ListFindingsData } from '../../api/generated/types.gen.ts';
import { EmptyState } from '../../shared/EmptyState.tsx';
import { FilterBar } from '../../shared/FilterBar.tsx';
import { FilterField } from '../../shared/FilterField.tsx';
import { LoadMore } from '../../shared/LoadMore.tsx';
import { PageHeader } from '../../shared/PageHeader.tsx';
import { QueryState } from '../../shared/QueryState.tsx';
import { itemsOf, nextPage } from '../../shared/paging.ts';
import { useUrlFilters } from '../../shared/url-filters.ts';
import { FindingItem } from './FindingItem.tsx';
import { severities, themes } from './vocabulary.ts';

type Query = NonNullable<ListFindingsData['query']>;
const sorts = [
  { value: 'severity', label: 'Worst first' },
  { value: '-openedAt', label: 'Newest first' },
  { value: 'openedAt', label: 'Oldest first' },
] as const;
const statuses = ['open', 'fixed', 'any'] as const;

const useFindingFilters = () => {
  const { text, oneOf, set } = useUrlFilters();
  const several = (name: string): string[] =>
    text(name)
      .split(',')
      .filter((each) => each !== '');
  const status = oneOf('status', statuses) ?? 'open';
  const sort =
    oneOf(
      'sort',
      sorts.map(({ value }) => value),
    ) ?? 'severity';
  // Whoever types a URL may name what does not exist: the server says so.
  const asked = Object.fromEntries(
    ['severity', 'theme', 'check', 'search', 'hostId'].map((name) => [name, text(name)] as const),
  );
  const query: Query = { ...asked, sort, ...(status === 'any' ? {} : { status }) };
  return { query, status, sort, text, several, set };
};

/** A filter that came with a link: it can be seen and taken away. */
const LinkedFilter = ({ label, value, onRemove }: { label: string; value: string; onRemove: () => void }) =>
  value === '' ? null : (
    <Button
      size="compact-sm"
      variant="default"
      rightSection={<IconX size={14} aria-hidden />}
      onClick={onRemove}
      aria-label={`${label}: ${value}, remove this filter`}
    >
      {label}: {value}
    </Button>
  );

export const FindingsPage = () => {
  const { query: asked, status, sort, text, several, set } = useFindingFilters();
  const query = useInfiniteQuery({ ...listFindingsInfiniteOptions({ query: asked }), ...nextPage });
  return (
    <>
      <PageHeader
        title="Findings"
        description="What is wrong across all hosts, with the evidence and the way to fix it."
      />
      <FilterBar>
        <FilterField
          label="Search"
          placeholder="Title, reason or thing"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={text('search')}
          onChange={(value) => set('search', value)}
        />
        <MultiSelect
          label="Severity"
          placeholder={several('severity').length === 0 ? 'any' : ''}
          clearable
          data={[...severities]}
          value={several('severity')}
          onChange={(values) => set('severity', values.join(','))}
        />
        <MultiSelect
          label="Theme"
          placeholder={several('theme').length === 0 ? 'any' : ''}
          clearable
          data={themes}
          value={several('theme')}
          onChange={(values) => set('theme', values.join(','))}
        />
        <Select
          label="Status"
          data={[...statuses]}
          allowDeselect={false}
          value={status}
          onChange={(value) => set('status', value === 'open' ? null : value)}
        />
        <Select
          label="Order"
          data={[...sorts]}
          allowDeselect={false}
          value={sort}
          onChange={(value) => set('sort', value === 'severity' ? null : value)}
        />
      </FilterBar>
      {(text('check') !== '' || text('hostId') !== '') && (
        <Group gap="xs" mb="md">
          <LinkedFilter label="Check" value={text('check')} onRemove={() => set('check', null)} />
          <LinkedFilter label="Host" value={text('hostId')} onRemove={() => set('hostId', null)} />
        </Group>
      )}
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
              <Accordion variant="separated" order={2}>
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

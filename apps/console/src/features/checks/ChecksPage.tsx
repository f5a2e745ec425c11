import { Accordion, Flex, Select, Stack, Text } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { listChecksOptions } from '../../api/generated/@tanstack/react-query.gen.ts';
import type { Check } from '../../api/generated/types.gen.ts';
import { EmptyState } from '../../shared/EmptyState.tsx';
import { FilterBar } from '../../shared/FilterBar.tsx';
import { FilterField } from '../../shared/FilterField.tsx';
import { PageHeader } from '../../shared/PageHeader.tsx';
import { QueryState } from '../../shared/QueryState.tsx';
import { SeverityBadge } from '../../shared/SeverityBadge.tsx';
import { useUrlFilters } from '../../shared/url-filters.ts';
import { themeLabel, themes } from '../findings/vocabulary.ts';
import { CheckDetails } from './CheckDetails.tsx';

/** The whole catalogue comes in one answer, so it is filtered here, as one types. */
export const ChecksPage = () => {
  const { text, set } = useUrlFilters();
  const search = text('search').toLowerCase();
  const theme = text('theme');
  const opened = text('check');
  const query = useQuery({ ...listChecksOptions({ query: {} }), staleTime: Infinity });
  const matches = (check: Check): boolean =>
    (theme === '' || check.theme === theme) &&
    (search === '' ||
      [check.id, check.title, ...Object.values(check.cis)].some((known) => known.toLowerCase().includes(search)));
  return (
    <>
      <PageHeader
        title="Checks"
        description={query.data && `${query.data.items.length} checks, catalogue ${query.data.catalogueVersion}`}
      />
      <FilterBar>
        <FilterField
          label="Search"
          placeholder="Title, id or CIS number"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={text('search')}
          onChange={(value) => set('search', value)}
        />
        <Select
          label="Theme"
          placeholder="any"
          clearable
          data={themes}
          value={theme === '' ? null : theme}
          onChange={(value) => set('theme', value)}
        />
      </FilterBar>
      <QueryState query={query} what="the checks">
        {({ items }) => {
          const shown = items.filter(matches);
          if (shown.length === 0)
            return <EmptyState title="No check matches">Change the filters to see more.</EmptyState>;
          return (
            <Accordion variant="separated" order={2} value={opened} onChange={(value) => set('check', value)}>
              {shown.map((check) => (
                <CheckItem key={check.id} check={check} />
              ))}
            </Accordion>
          );
        }}
      </QueryState>
    </>
  );
};

const CheckItem = ({ check }: { check: Check }) => (
  <Accordion.Item value={check.id}>
    <Accordion.Control>
      <Flex direction={{ base: 'column', sm: 'row' }} gap={{ base: 4, sm: 'sm' }} align="flex-start">
        <SeverityBadge severity={check.severity} />
        <Stack gap={2} miw={0}>
          <Text size="sm" fw={600}>
            {check.title}
          </Text>
          <Text size="xs" c="dimmed">
            {themeLabel(check.theme)}
            {check.cis['1.6.0'] !== undefined && ` · CIS ${check.cis['1.6.0']}`}
          </Text>
        </Stack>
      </Flex>
    </Accordion.Control>
    <Accordion.Panel>
      <CheckDetails check={check} headingOrder={3} />
    </Accordion.Panel>
  </Accordion.Item>
);

import { Accordion, Group, Progress, Select, Stack, Text } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getHostComplianceOptions } from '../../../api/generated/@tanstack/react-query.gen.ts';
import type { ComplianceCounts, ComplianceSection, Host } from '../../../api/generated/types.gen.ts';
import { problemOf } from '../../../api/problem.ts';
import { EmptyState } from '../../../shared/EmptyState.tsx';
import { QueryState } from '../../../shared/QueryState.tsx';
import { TimeAgo } from '../../../shared/TimeAgo.tsx';
import { useUrlFilters } from '../../../shared/url-filters.ts';
import { ComplianceCheckItem } from './ComplianceCheckItem.tsx';
import { MissingSettings } from './MissingSettings.tsx';

const views = [
  { value: 'cis-1.8.0', label: 'CIS Docker Benchmark 1.8.0' },
  { value: 'cis-1.7.0', label: 'CIS Docker Benchmark 1.7.0' },
  { value: 'cis-1.6.0', label: 'CIS Docker Benchmark 1.6.0' },
] as const;
const byTheme = 'theme';

/** Every check on this host, by theme or by section of a benchmark: how much holds, and what is missing to tell the rest. */
export const HostCompliance = ({ host }: { host: Host }) => {
  const { oneOf, set } = useUrlFilters();
  const benchmark = oneOf(
    'view',
    views.map(({ value }) => value),
  );
  const query = useQuery({
    ...getHostComplianceOptions({
      path: { hostId: host.id },
      query: benchmark === undefined ? {} : { benchmark },
    }),
    placeholderData: keepPreviousData,
  });
  if (query.isError && problemOf(query.error).status === 404)
    return <EmptyState title="Nothing judged yet">Scan this host first.</EmptyState>;
  return (
    <Stack>
      <Select
        label="View"
        maw={320}
        allowDeselect={false}
        data={[{ value: byTheme, label: 'All checks, by theme' }, ...views]}
        value={benchmark ?? byTheme}
        onChange={(value) => set('view', value === byTheme ? null : value)}
      />
      <QueryState query={query} what="compliance">
        {({ counts, sections, settings, judgedAt, catalogueVersion, benchmark: followed }) => (
          <>
            <Share counts={counts} label={followed?.name ?? 'All checks'} />
            <Text size="sm" c="dimmed">
              Judged <TimeAgo time={judgedAt} size="sm" /> by catalogue {catalogueVersion}
              {followed !== null && `, following ${followed.name} ${followed.version}`}
            </Text>
            <MissingSettings host={host} settings={settings} />
            <Accordion variant="separated" multiple order={2}>
              {sections.map((section) => (
                <Section key={section.id} section={section} host={host} numbered={followed !== null} />
              ))}
            </Accordion>
          </>
        )}
      </QueryState>
    </Stack>
  );
};

interface SectionProps {
  section: ComplianceSection;
  host: Host;
  numbered: boolean;
}

const Section = ({ section, host, numbered }: SectionProps) => {
  const title = numbered ? `${section.id} ${section.title}` : section.title;
  return (
    <Accordion.Item value={section.id}>
      <Accordion.Control>
        <Share counts={section.counts} label={title} />
      </Accordion.Control>
      <Accordion.Panel>
        <Accordion variant="default" order={3}>
          {section.checks.map((check) => (
            <ComplianceCheckItem key={`${check.number ?? ''}/${check.check}`} check={check} host={host} />
          ))}
        </Accordion>
      </Accordion.Panel>
    </Accordion.Item>
  );
};

/** How many of those that apply and could be decided hold; the bar only repeats the words. */
const Share = ({ counts, label }: { counts: ComplianceCounts; label: string }) => (
  <Stack gap={6} flex={1} pr="sm">
    <Group justify="space-between" gap="xs">
      <Text fw={600} size="sm">
        {label}
      </Text>
      <Text size="sm">{counts.percent === null ? 'nothing decided' : `${counts.percent} %`}</Text>
    </Group>
    <Progress.Root size="sm" aria-hidden>
      <Progress.Section value={shareOf(counts.pass, counts)} color="#0b7a5b" />
      <Progress.Section value={shareOf(counts.fail, counts)} color="#a8071a" />
    </Progress.Root>
    <Text size="xs" c="dimmed">
      {[
        `${counts.pass} hold`,
        `${counts.fail} do not`,
        ...(counts.undecided > 0 ? [`${counts.undecided} could not be told`] : []),
        ...(counts.notApplicable > 0 ? [`${counts.notApplicable} do not apply`] : []),
      ].join(' · ')}
    </Text>
  </Stack>
);

const shareOf = (part: number, { pass, fail, undecided }: ComplianceCounts): number => {
  const all = pass + fail + undecided;
  return all === 0 ? 0 : (part / all) * 100;
};

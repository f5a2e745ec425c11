import { Anchor, Button, Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { getOverviewOptions } from '../../api/generated/@tanstack/react-query.gen.ts';
import type { FleetOverview } from '../../api/generated/types.gen.ts';
import { usePermission } from '../../session/use-session.ts';
import { EmptyState } from '../../shared/EmptyState.tsx';
import { PageHeader } from '../../shared/PageHeader.tsx';
import { QueryState } from '../../shared/QueryState.tsx';
import { Score } from '../../shared/Score.tsx';
import { SeverityBadge, SeverityCountsLine } from '../../shared/SeverityBadge.tsx';
import { SimulatedBadge } from '../../shared/SimulatedBadge.tsx';
import { themeLabel } from '../findings/vocabulary.ts';
import { TrendChart } from './TrendChart.tsx';

const refreshMs = 15_000;
const refreshWhileScanningMs = 3_000;

export const OverviewPage = () => {
  const query = useQuery({
    ...getOverviewOptions(),
    refetchInterval: ({ state: { data } }) => ((data?.runningScans ?? 0) > 0 ? refreshWhileScanningMs : refreshMs),
  });
  return (
    <>
      <PageHeader title="Overview" />
      <QueryState query={query} what="the overview">
        {(overview) => (overview.hosts.total === 0 ? <NoHosts /> : <Fleet overview={overview} />)}
      </QueryState>
    </>
  );
};

const NoHosts = () => {
  const canManage = usePermission('hosts:manage');
  return (
    <EmptyState
      title="No hosts yet"
      action={
        canManage && (
          <Button component={Link} to="/hosts/new" leftSection={<IconPlus size={16} aria-hidden />}>
            Register a host
          </Button>
        )
      }
    >
      Register a Docker host with its certificates. Nothing is installed on it, and a scan only reads.
    </EmptyState>
  );
};

const Fleet = ({ overview }: { overview: FleetOverview }) => (
  <Stack gap="lg">
    <SimpleGrid cols={{ base: 1, md: 3 }}>
      <ScoreCard overview={overview} />
      <HostsCard hosts={overview.hosts} runningScans={overview.runningScans} />
      <Card withBorder component="section" aria-labelledby="open-title">
        <Title order={2} size="h5" id="open-title" mb="sm">
          Open findings
        </Title>
        <SeverityCountsLine counts={overview.counts} />
        <Anchor component={Link} to="/findings" size="sm" mt="sm">
          See all findings
        </Anchor>
      </Card>
    </SimpleGrid>
    <Card withBorder component="section" aria-labelledby="trend-title">
      <Title order={2} size="h5" id="trend-title" mb="sm">
        Last 30 days
      </Title>
      <TrendChart trend={overview.trend} />
    </Card>
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <WorstHosts hosts={overview.worstHosts} />
      <TopChecks checks={overview.topChecks} />
    </SimpleGrid>
    <ByTheme themes={overview.byTheme} />
  </Stack>
);

const ScoreCard = ({ overview: { score } }: { overview: FleetOverview }) => (
  <Card withBorder component="section" aria-labelledby="score-title">
    <Group wrap="nowrap">
      <Score score={score} />
      <div>
        <Title order={2} size="h5" id="score-title">
          Fleet score
        </Title>
        <Text size="sm" c="dimmed">
          The mean of all hosts, 100 is best
        </Text>
      </div>
    </Group>
  </Card>
);

const HostsCard = ({ hosts, runningScans }: { hosts: FleetOverview['hosts']; runningScans: number }) => (
  <Card withBorder component="section" aria-labelledby="hosts-title">
    <Title order={2} size="h5" id="hosts-title" mb="sm">
      Hosts
    </Title>
    <Stack gap={4}>
      <Anchor component={Link} to="/hosts" size="sm">
        {hosts.total} registered
      </Anchor>
      {hosts.unreachable > 0 && (
        <Anchor component={Link} to="/hosts?state=unreachable" size="sm" c="var(--mantine-color-error)">
          {hosts.unreachable} can not be reached
        </Anchor>
      )}
      {hosts.neverScanned > 0 && <Text size="sm">{hosts.neverScanned} never scanned</Text>}
      {runningScans > 0 && (
        <Text size="sm" aria-live="polite">
          {runningScans} being scanned now
        </Text>
      )}
    </Stack>
  </Card>
);

const WorstHosts = ({ hosts }: { hosts: FleetOverview['worstHosts'] }) => (
  <Card withBorder component="section" aria-labelledby="worst-title">
    <Title order={2} size="h5" id="worst-title" mb="sm">
      Worst hosts
    </Title>
    <Stack gap="sm">
      {hosts.map((host) => (
        <Group key={host.id} wrap="nowrap">
          <Score score={host.score} size={52} />
          <div>
            <Group gap="xs">
              <Anchor component={Link} to={`/hosts/${host.id}`}>
                {host.name}
              </Anchor>
              {host.simulated && <SimulatedBadge />}
            </Group>
            <SeverityCountsLine counts={host.counts} />
          </div>
        </Group>
      ))}
    </Stack>
  </Card>
);

const TopChecks = ({ checks }: { checks: FleetOverview['topChecks'] }) => (
  <Card withBorder component="section" aria-labelledby="top-title">
    <Title order={2} size="h5" id="top-title" mb="sm">
      Fix first
    </Title>
    {checks.length === 0 && (
      <Text size="sm" c="dimmed">
        Nothing is open.
      </Text>
    )}
    <Stack gap="sm">
      {checks.map(({ check, title, severity, openFindings, hosts }) => (
        <Group key={check} wrap="nowrap" align="flex-start">
          <SeverityBadge severity={severity} />
          <div>
            <Anchor component={Link} to={`/findings?check=${check}`} size="sm">
              {title}
            </Anchor>
            <Text size="xs" c="dimmed">
              {openFindings} open on {hosts} {hosts === 1 ? 'host' : 'hosts'}
            </Text>
          </div>
        </Group>
      ))}
    </Stack>
  </Card>
);

const ByTheme = ({ themes }: { themes: FleetOverview['byTheme'] }) => (
  <Card withBorder component="section" aria-labelledby="themes-title">
    <Title order={2} size="h5" id="themes-title" mb="sm">
      By theme
    </Title>
    <Stack gap="xs">
      {themes.map(({ theme, counts }) => (
        <Group key={theme} gap="xs">
          <Anchor component={Link} to={`/findings?theme=${theme}`} size="sm" flex="0 0 15rem">
            {themeLabel(theme)}
          </Anchor>
          <SeverityCountsLine counts={counts} />
        </Group>
      ))}
    </Stack>
  </Card>
);

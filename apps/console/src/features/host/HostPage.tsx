import { Badge, Group, Stack, Tabs, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams, useSearchParams } from 'react-router';
import { getHostOptions } from '../../api/generated/@tanstack/react-query.gen.ts';
import type { Host } from '../../api/generated/types.gen.ts';
import { PageHeader } from '../../shared/PageHeader.tsx';
import { QueryState } from '../../shared/QueryState.tsx';
import { Score } from '../../shared/Score.tsx';
import { SeverityCountsLine } from '../../shared/SeverityBadge.tsx';
import { SimulatedBadge } from '../../shared/SimulatedBadge.tsx';
import { TimeAgo } from '../../shared/TimeAgo.tsx';
import { ReachabilityBadge } from '../hosts/ReachabilityBadge.tsx';
import { HostCompliance } from './compliance/HostCompliance.tsx';
import { HostFacts } from './facts/HostFacts.tsx';
import { HostActions } from './HostActions.tsx';
import { HostFindings } from './HostFindings.tsx';
import { HostContainers, HostImages } from './HostInventory.tsx';
import { HostScans } from './HostScans.tsx';
import { HostQuestions } from './questions/HostQuestions.tsx';
import { ScanProgress } from './ScanProgress.tsx';
import { UnreachableAlert } from './UnreachableAlert.tsx';
import { useRunningScan } from './useRunningScan.ts';

const tabs = ['findings', 'compliance', 'questions', 'facts', 'containers', 'images', 'scans'] as const;

export const HostPage = () => {
  const { hostId = '' } = useParams();
  const query = useQuery(getHostOptions({ path: { hostId } }));
  return (
    <>
      {query.isError && <PageHeader title="Host" parent={{ to: '/hosts', label: 'Hosts' }} />}
      <QueryState query={query} what="the host">
        {(host) => <HostDetails host={host} />}
      </QueryState>
    </>
  );
};

const HostSummary = ({ host: { address, engineVersion, credential, labels } }: { host: Host }) => (
  <Stack gap={4}>
    <span>
      {address}
      {engineVersion !== null && ` · Docker ${engineVersion}`}
    </span>
    {credential !== null && (
      <span>
        Client certificate {credential.subject}, ends <TimeAgo time={credential.notAfter} />
      </span>
    )}
    <Group gap={4}>
      {Object.entries(labels).map(([name, value]) => (
        <Badge key={name} variant="default" size="sm" tt="none" fw={400} radius="sm">
          {name}={value}
        </Badge>
      ))}
    </Group>
  </Stack>
);

const HostDetails = ({ host }: { host: Host }) => {
  const [parameters, setParameters] = useSearchParams();
  const tab = tabs.find((each) => each === parameters.get('tab')) ?? 'findings';
  const running = useRunningScan(host.id);
  return (
    <>
      <PageHeader
        parent={{ to: '/hosts', label: 'Hosts' }}
        title={host.name}
        badge={
          <Group gap="xs">
            {host.simulated && <SimulatedBadge />}
            <ReachabilityBadge reachability={host.reachability} />
          </Group>
        }
        description={<HostSummary host={host} />}
        actions={<HostActions host={host} scanning={running !== undefined} />}
      />
      <Stack>
        <UnreachableAlert reachability={host.reachability} />
        {running !== undefined && <ScanProgress key={running.id} scan={running} />}
        <Group wrap="nowrap">
          <Score score={host.score} />
          <Stack gap={4} miw={0}>
            {host.score === null ? (
              <Text size="sm">Nothing is known about this host until a scan of it has worked.</Text>
            ) : (
              <SeverityCountsLine counts={host.counts} />
            )}
            <Text size="sm" c="dimmed">
              Last scan <TimeAgo time={host.lastScanAt} size="sm" />
            </Text>
          </Stack>
        </Group>
        <Tabs
          value={tab}
          onChange={(value) => setParameters({ tab: value ?? 'findings' }, { replace: true })}
          keepMounted={false}
        >
          <Tabs.List mb="md">
            <Tabs.Tab value="findings">Findings</Tabs.Tab>
            <Tabs.Tab value="compliance">Compliance</Tabs.Tab>
            <Tabs.Tab value="questions">Questions</Tabs.Tab>
            <Tabs.Tab value="facts">Endpoint and engine</Tabs.Tab>
            <Tabs.Tab value="containers">Containers</Tabs.Tab>
            <Tabs.Tab value="images">Images</Tabs.Tab>
            <Tabs.Tab value="scans">Scans</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="findings">
            <HostFindings host={host} />
          </Tabs.Panel>
          <Tabs.Panel value="compliance">
            <HostCompliance host={host} />
          </Tabs.Panel>
          <Tabs.Panel value="questions">
            <HostQuestions hostId={host.id} />
          </Tabs.Panel>
          <Tabs.Panel value="facts">
            <HostFacts host={host} />
          </Tabs.Panel>
          <Tabs.Panel value="containers">
            <HostContainers hostId={host.id} />
          </Tabs.Panel>
          <Tabs.Panel value="images">
            <HostImages hostId={host.id} />
          </Tabs.Panel>
          <Tabs.Panel value="scans">
            <HostScans hostId={host.id} />
          </Tabs.Panel>
        </Tabs>
      </Stack>
    </>
  );
};

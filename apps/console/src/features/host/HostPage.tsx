import { Anchor, Group, Stack, Tabs, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearchParams } from 'react-router';
import { getHostOptions } from '../../api/generated/@tanstack/react-query.gen.ts';
import type { Host } from '../../api/generated/types.gen.ts';
import { PageHeader } from '../../shared/PageHeader.tsx';
import { QueryState } from '../../shared/QueryState.tsx';
import { Score } from '../../shared/Score.tsx';
import { SeverityCountsLine } from '../../shared/SeverityBadge.tsx';
import { SimulatedBadge } from '../../shared/SimulatedBadge.tsx';
import { TimeAgo } from '../../shared/TimeAgo.tsx';
import { ReachabilityBadge } from '../hosts/ReachabilityBadge.tsx';
import { HostActions } from './HostActions.tsx';
import { HostFindings } from './HostFindings.tsx';
import { HostInventory } from './HostInventory.tsx';
import { HostScans } from './HostScans.tsx';
import { ScanProgress } from './ScanProgress.tsx';
import { UnreachableAlert } from './UnreachableAlert.tsx';
import { useRunningScan } from './useRunningScan.ts';

const tabs = ['findings', 'containers', 'images', 'scans'] as const;

export const HostPage = () => {
  const { hostId = '' } = useParams();
  const query = useQuery(getHostOptions({ path: { hostId } }));
  return (
    <QueryState query={query} what="the host">
      {(host) => <HostDetails host={host} />}
    </QueryState>
  );
};

const HostDetails = ({ host }: { host: Host }) => {
  const [parameters, setParameters] = useSearchParams();
  const tab = tabs.find((each) => each === parameters.get('tab')) ?? 'findings';
  const running = useRunningScan(host.id);
  return (
    <>
      <Anchor component={Link} to="/hosts" size="sm">
        ← Hosts
      </Anchor>
      <PageHeader
        title={host.name}
        badge={
          <Group gap="xs">
            {host.simulated && <SimulatedBadge />}
            <ReachabilityBadge reachability={host.reachability} />
          </Group>
        }
        description={`${host.address}${host.engineVersion === null ? '' : ` · Docker ${host.engineVersion}`}`}
        actions={<HostActions host={host} scanning={running !== undefined} />}
      />
      <Stack>
        <UnreachableAlert reachability={host.reachability} />
        {running !== undefined && <ScanProgress key={running.id} scan={running} />}
        <Group>
          <Score score={host.score} />
          <Stack gap={4}>
            <SeverityCountsLine counts={host.counts} />
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
            <Tabs.Tab value="containers">Containers</Tabs.Tab>
            <Tabs.Tab value="images">Images</Tabs.Tab>
            <Tabs.Tab value="scans">Scans</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="findings">
            <HostFindings hostId={host.id} lastScanId={host.lastScanId} />
          </Tabs.Panel>
          <Tabs.Panel value="containers">
            <HostInventory hostId={host.id} part="containers" />
          </Tabs.Panel>
          <Tabs.Panel value="images">
            <HostInventory hostId={host.id} part="images" />
          </Tabs.Panel>
          <Tabs.Panel value="scans">
            <HostScans hostId={host.id} />
          </Tabs.Panel>
        </Tabs>
      </Stack>
    </>
  );
};

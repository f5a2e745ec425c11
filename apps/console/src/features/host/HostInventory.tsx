import { Badge, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { getHostInventoryOptions } from '../../api/generated/@tanstack/react-query.gen.ts';
import type { HostContainer, HostImage, Severity } from '../../api/generated/types.gen.ts';
import { problemOf } from '../../api/problem.ts';
import { EmptyState } from '../../shared/EmptyState.tsx';
import { QueryState } from '../../shared/QueryState.tsx';
import { SeverityBadge } from '../../shared/SeverityBadge.tsx';
import { TimeAgo } from '../../shared/TimeAgo.tsx';

/** What the last scan saw running, and from what. */
export const HostInventory = ({ hostId, part }: { hostId: string; part: 'containers' | 'images' }) => {
  const query = useQuery(getHostInventoryOptions({ path: { hostId } }));
  if (query.isError && problemOf(query.error).status === 404)
    return <EmptyState title="Nothing seen yet">Scan this host first.</EmptyState>;
  return (
    <QueryState query={query} what={part}>
      {(inventory) => {
        if (inventory[part].length === 0)
          return <EmptyState title={`No ${part}`}>The last scan saw none on this host.</EmptyState>;
        return part === 'containers' ? (
          <Containers containers={inventory.containers} />
        ) : (
          <Images images={inventory.images} />
        );
      }}
    </QueryState>
  );
};

const Worst = ({ severity, count }: { severity: Severity | null; count: number }) =>
  severity === null ? (
    <Text size="sm" c="dimmed">
      none
    </Text>
  ) : (
    <>
      <SeverityBadge severity={severity} />{' '}
      <Text size="xs" c="dimmed" span>
        {count} open
      </Text>
    </>
  );

const Listing = ({ heads, children }: { heads: string[]; children: ReactNode }) => (
  <Table.ScrollContainer minWidth={640} type="native">
    <Table verticalSpacing="sm">
      <Table.Thead>
        <Table.Tr>
          {heads.map((head) => (
            <Table.Th key={head}>{head}</Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>{children}</Table.Tbody>
    </Table>
  </Table.ScrollContainer>
);

const Containers = ({ containers }: { containers: HostContainer[] }) => (
  <Listing heads={['Name', 'State', 'Image', 'Ports', 'Findings']}>
    {containers.map((container) => (
      <Table.Tr key={container.id}>
        <Table.Td>
          <Text size="sm" fw={600}>
            {container.name}
          </Text>
          {container.project !== null && (
            <Text size="xs" c="dimmed">
              {container.project}
            </Text>
          )}
        </Table.Td>
        <Table.Td>
          <Badge variant="default" radius="sm">
            {container.state ?? 'unknown'}
          </Badge>
        </Table.Td>
        <Table.Td>{container.image}</Table.Td>
        <Table.Td>{container.ports.join(', ')}</Table.Td>
        <Table.Td>
          <Worst severity={container.worstSeverity} count={container.openFindings} />
        </Table.Td>
      </Table.Tr>
    ))}
  </Listing>
);

const megabyte = 1_000_000;

const Images = ({ images }: { images: HostImage[] }) => (
  <Listing heads={['Image', 'Size', 'Built', 'Used by', 'Findings']}>
    {images.map((image) => (
      <Table.Tr key={image.id}>
        <Table.Td>{image.references.length === 0 ? image.id.slice(0, 19) : image.references.join(', ')}</Table.Td>
        <Table.Td>{(image.sizeBytes / megabyte).toFixed(1)} MB</Table.Td>
        <Table.Td>
          <TimeAgo time={image.createdAt} size="sm" />
        </Table.Td>
        <Table.Td>{image.usedBy}</Table.Td>
        <Table.Td>
          <Worst severity={image.worstSeverity} count={image.openFindings} />
        </Table.Td>
      </Table.Tr>
    ))}
  </Listing>
);

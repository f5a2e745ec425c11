import { Anchor, Badge, Button, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { listWebhookEndpointsInfiniteOptions } from '../../api/generated/@tanstack/react-query.gen.ts';
import type { WebhookEndpoint } from '../../api/generated/types.gen.ts';
import { usePermission } from '../../session/use-session.ts';
import { EmptyState } from '../../shared/EmptyState.tsx';
import { LoadMore } from '../../shared/LoadMore.tsx';
import { PageHeader } from '../../shared/PageHeader.tsx';
import { QueryState } from '../../shared/QueryState.tsx';
import { TimeAgo } from '../../shared/TimeAgo.tsx';
import { itemsOf, nextPage } from '../../shared/paging.ts';
import { WebhookEndpointDialog } from './WebhookEndpointDialog.tsx';

export const WebhooksPage = () => {
  const canManage = usePermission('webhooks:manage');
  const [opened, dialog] = useDisclosure(false);
  const query = useInfiniteQuery({ ...listWebhookEndpointsInfiniteOptions({ query: {} }), ...nextPage });
  const create = canManage && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={dialog.open}>
      Add endpoint
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Webhooks"
        description="Signed messages to your own systems when something changes."
        actions={create}
      />
      <QueryState query={query} what="webhook endpoints">
        {(data) => {
          const endpoints = itemsOf(data);
          if (endpoints.length === 0)
            return (
              <EmptyState title="No endpoints yet" action={create}>
                Add one to be told when a finding opens, a scan fails or a host can not be reached.
              </EmptyState>
            );
          return (
            <>
              <EndpointTable endpoints={endpoints} />
              <LoadMore query={query} />
            </>
          );
        }}
      </QueryState>
      {opened && <WebhookEndpointDialog onClose={dialog.close} />}
    </>
  );
};

export const EndpointState = ({ endpoint }: { endpoint: WebhookEndpoint }) => {
  if (!endpoint.enabled)
    return (
      <Badge color="gray.7" radius="sm">
        off{endpoint.disabledReason === null ? '' : `: ${endpoint.disabledReason}`}
      </Badge>
    );
  return (
    <Badge color={endpoint.failingSince === null ? 'teal.9' : 'orange.9'} radius="sm">
      {endpoint.failingSince === null ? 'on' : 'failing'}
    </Badge>
  );
};

const EndpointTable = ({ endpoints }: { endpoints: WebhookEndpoint[] }) => (
  <Table.ScrollContainer minWidth={640} type="native">
    <Table verticalSpacing="sm">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>URL</Table.Th>
          <Table.Th>Events</Table.Th>
          <Table.Th>State</Table.Th>
          <Table.Th>Created</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {endpoints.map((endpoint) => (
          <Table.Tr key={endpoint.id}>
            <Table.Td>
              <Anchor component={Link} to={`/webhooks/${endpoint.id}`} size="sm">
                {endpoint.url}
              </Anchor>
              {endpoint.description !== '' && (
                <Text size="xs" c="dimmed">
                  {endpoint.description}
                </Text>
              )}
            </Table.Td>
            <Table.Td>{endpoint.eventTypes.join(', ')}</Table.Td>
            <Table.Td>
              <EndpointState endpoint={endpoint} />
            </Table.Td>
            <Table.Td>
              <TimeAgo time={endpoint.createdAt} size="sm" />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  </Table.ScrollContainer>
);

import { Anchor, Badge, Button, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { listWebhookEndpointsInfiniteOptions } from '../../api/generated/@tanstack/react-query.gen.ts';
import type { WebhookEndpoint } from '../../api/generated/types.gen.ts';
import { usePermission } from '../../session/use-session.ts';
import { type Column, DataTable } from '../../shared/DataTable.tsx';
import { EmptyState } from '../../shared/EmptyState.tsx';
import { LoadMore } from '../../shared/LoadMore.tsx';
import { PageHeader } from '../../shared/PageHeader.tsx';
import { QueryState } from '../../shared/QueryState.tsx';
import { TimeAgo } from '../../shared/TimeAgo.tsx';
import { itemsOf, nextPage } from '../../shared/paging.ts';
import { EndpointState } from './EndpointState.tsx';
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
              <DataTable label="Webhook endpoints" columns={columns} rows={endpoints} rowKey={({ id }) => id} />
              <LoadMore query={query} />
            </>
          );
        }}
      </QueryState>
      {opened && <WebhookEndpointDialog onClose={dialog.close} />}
    </>
  );
};

const columns: readonly Column<WebhookEndpoint>[] = [
  {
    head: 'URL',
    wraps: true,
    bare: true,
    cell: ({ id, url, description }) => (
      <>
        <Anchor component={Link} to={`/webhooks/${id}`} size="sm" fw={600}>
          {url}
        </Anchor>
        {description !== '' && (
          <Text size="xs" c="dimmed">
            {description}
          </Text>
        )}
      </>
    ),
  },
  {
    head: 'Events',
    wraps: true,
    cell: ({ eventTypes }) => (
      <Group gap={4}>
        {eventTypes.map((type) => (
          <Badge key={type} variant="default" size="sm" tt="none" fw={400} radius="sm">
            {type}
          </Badge>
        ))}
      </Group>
    ),
  },
  { head: 'State', cell: (endpoint) => <EndpointState endpoint={endpoint} /> },
  { head: 'Created', cell: ({ createdAt }) => <TimeAgo time={createdAt} size="sm" /> },
];

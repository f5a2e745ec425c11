import { Accordion, Anchor, Badge, Button, Code, Group, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from 'react-router';
import {
  deleteWebhookEndpointMutation,
  getWebhookEndpointOptions,
  listWebhookDeliveriesInfiniteOptions,
  listWebhookDeliveriesQueryKey,
  pingWebhookEndpointMutation,
  redeliverWebhookMutation,
} from '../../api/generated/@tanstack/react-query.gen.ts';
import type { DeliveryState, WebhookDelivery, WebhookEndpoint } from '../../api/generated/types.gen.ts';
import { usePermission } from '../../session/use-session.ts';
import { ConfirmDialog } from '../../shared/ConfirmDialog.tsx';
import { EmptyState } from '../../shared/EmptyState.tsx';
import { LoadMore } from '../../shared/LoadMore.tsx';
import { PageHeader } from '../../shared/PageHeader.tsx';
import { QueryState } from '../../shared/QueryState.tsx';
import { TimeAgo } from '../../shared/TimeAgo.tsx';
import { notifyDone, notifyProblem } from '../../shared/notify.ts';
import { itemsOf, nextPage } from '../../shared/paging.ts';
import { WebhookEndpointDialog } from './WebhookEndpointDialog.tsx';
import { EndpointState } from './WebhooksPage.tsx';

/** While something waits to be delivered, the list looks again this often. */
const pollMs = 2_000;

export const WebhookPage = () => {
  const { endpointId = '' } = useParams();
  const query = useQuery(getWebhookEndpointOptions({ path: { endpointId } }));
  return (
    <QueryState query={query} what="the endpoint">
      {(endpoint) => <EndpointDetails endpoint={endpoint} />}
    </QueryState>
  );
};

const useDeliveriesChanged = (endpointId: string) => {
  const queryClient = useQueryClient();
  const [{ _id }] = listWebhookDeliveriesQueryKey({ path: { endpointId } });
  return () => queryClient.invalidateQueries({ queryKey: [{ _id }] });
};

const EndpointDetails = ({ endpoint }: { endpoint: WebhookEndpoint }) => {
  const canManage = usePermission('webhooks:manage');
  const [editing, edit] = useDisclosure(false);
  const [deleting, deletion] = useDisclosure(false);
  const navigate = useNavigate();
  const deliveriesChanged = useDeliveriesChanged(endpoint.id);
  const path = { endpointId: endpoint.id };
  const ping = useMutation({
    ...pingWebhookEndpointMutation(),
    onSuccess: async () => {
      notifyDone('A test event is on its way.');
      await deliveriesChanged();
    },
    onError: notifyProblem,
  });
  const remove = useMutation({
    ...deleteWebhookEndpointMutation(),
    onSuccess: () => navigate('/webhooks'),
    onError: notifyProblem,
  });
  return (
    <>
      <Anchor component={Link} to="/webhooks" size="sm">
        ← Webhooks
      </Anchor>
      <PageHeader
        title={endpoint.url}
        badge={<EndpointState endpoint={endpoint} />}
        description={`${endpoint.description === '' ? '' : `${endpoint.description} · `}${endpoint.eventTypes.join(', ')}`}
        actions={
          canManage && (
            <>
              <Button
                variant="default"
                loading={ping.isPending}
                onClick={() => ping.mutate({ path, headers: { 'Idempotency-Key': crypto.randomUUID() } })}
              >
                Send test
              </Button>
              <Button variant="default" onClick={edit.open}>
                Change
              </Button>
              <Button variant="default" c="red" onClick={deletion.open}>
                Delete
              </Button>
            </>
          )
        }
      />
      <Deliveries endpointId={endpoint.id} canManage={canManage} />
      {editing && <WebhookEndpointDialog endpoint={endpoint} onClose={edit.close} />}
      <ConfirmDialog
        opened={deleting}
        title="Delete this endpoint?"
        confirm="Delete"
        loading={remove.isPending}
        onClose={deletion.close}
        onConfirm={() => remove.mutate({ path })}
      >
        Its deliveries are deleted with it. This can not be undone.
      </ConfirmDialog>
    </>
  );
};

const Deliveries = ({ endpointId, canManage }: { endpointId: string; canManage: boolean }) => {
  const query = useInfiniteQuery({
    ...listWebhookDeliveriesInfiniteOptions({ path: { endpointId }, query: {} }),
    ...nextPage,
    refetchInterval: ({ state: { data } }) =>
      data !== undefined && itemsOf(data).some(({ state }) => state === 'pending') ? pollMs : false,
  });
  return (
    <section aria-labelledby="deliveries-title">
      <Title order={2} size="h4" mb="sm" id="deliveries-title">
        Deliveries
      </Title>
      <QueryState query={query} what="deliveries">
        {(data) => {
          const deliveries = itemsOf(data);
          if (deliveries.length === 0)
            return <EmptyState title="Nothing was sent yet">Send a test, or wait for an event.</EmptyState>;
          return (
            <>
              <Accordion variant="separated">
                {deliveries.map((delivery) => (
                  <DeliveryItem key={delivery.id} delivery={delivery} canManage={canManage} />
                ))}
              </Accordion>
              <LoadMore query={query} />
            </>
          );
        }}
      </QueryState>
    </section>
  );
};

const stateColour: Record<DeliveryState, string> = { pending: 'blue.8', delivered: 'teal.9', failed: 'red.9' };

const DeliveryItem = ({ delivery, canManage }: { delivery: WebhookDelivery; canManage: boolean }) => {
  const deliveriesChanged = useDeliveriesChanged(delivery.endpointId);
  const redeliver = useMutation({
    ...redeliverWebhookMutation(),
    onSuccess: deliveriesChanged,
    onError: notifyProblem,
  });
  return (
    <Accordion.Item value={delivery.id}>
      <Accordion.Control>
        <Group gap="sm">
          <Badge color={stateColour[delivery.state]} radius="sm">
            {delivery.state}
          </Badge>
          <Text size="sm">{delivery.eventType}</Text>
          <TimeAgo time={delivery.createdAt} size="sm" c="dimmed" />
          <Text size="sm" c="dimmed">
            {delivery.attempts.length} {delivery.attempts.length === 1 ? 'attempt' : 'attempts'}
          </Text>
        </Group>
      </Accordion.Control>
      <Accordion.Panel>
        <Stack gap="sm">
          {delivery.nextAttemptAt !== null && delivery.attempts.length > 0 && (
            <Text size="sm">
              Next attempt <TimeAgo time={delivery.nextAttemptAt} size="sm" />
            </Text>
          )}
          {delivery.attempts.map((attempt) => (
            <Text size="sm" key={attempt.at}>
              <TimeAgo time={attempt.at} size="sm" />:{' '}
              {attempt.status === null ? attempt.error : `HTTP ${attempt.status}`} in {attempt.durationMs} ms{' '}
              {attempt.responseExcerpt !== null && attempt.responseExcerpt !== '' && (
                <Code>{attempt.responseExcerpt.slice(0, 200)}</Code>
              )}
            </Text>
          ))}
          <Code block tabIndex={0} aria-label="Payload" mah={320} style={{ overflow: 'auto' }}>
            {JSON.stringify(delivery.payload, null, 2)}
          </Code>
          {canManage && delivery.state !== 'pending' && (
            <Group>
              <Button
                size="xs"
                variant="default"
                loading={redeliver.isPending}
                onClick={() =>
                  redeliver.mutate({
                    path: { endpointId: delivery.endpointId, deliveryId: delivery.id },
                    headers: { 'Idempotency-Key': crypto.randomUUID() },
                  })
                }
              >
                Send again
              </Button>
            </Group>
          )}
        </Stack>
      </Accordion.Panel>
    </Accordion.Item>
  );
};

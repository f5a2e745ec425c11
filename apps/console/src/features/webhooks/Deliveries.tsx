import { Accordion, Button, Code, Group, Stack, Text, Title } from '@mantine/core';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import {
  listWebhookDeliveriesInfiniteOptions,
  redeliverWebhookMutation,
} from '../../api/generated/@tanstack/react-query.gen.ts';
import type { DeliveryState, WebhookDelivery } from '../../api/generated/types.gen.ts';
import { EmptyState } from '../../shared/EmptyState.tsx';
import { LoadMore } from '../../shared/LoadMore.tsx';
import { QueryState } from '../../shared/QueryState.tsx';
import { StateBadge } from '../../shared/StateBadge.tsx';
import { TimeAgo } from '../../shared/TimeAgo.tsx';
import { newIdempotencyKey } from '../../shared/idempotency-key.ts';
import { notifyProblem } from '../../shared/notify.ts';
import { itemsOf, nextPage } from '../../shared/paging.ts';
import { useDeliveriesChanged } from './use-deliveries-changed.ts';

/** While something waits to be delivered, the list looks again this often. */
const pollMs = 2_000;
const tones: Record<DeliveryState, 'busy' | 'good' | 'bad'> = { pending: 'busy', delivered: 'good', failed: 'bad' };

export const Deliveries = ({ endpointId, canManage }: { endpointId: string; canManage: boolean }) => {
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
              <Accordion variant="separated" order={3}>
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

const DeliveryItem = ({ delivery, canManage }: { delivery: WebhookDelivery; canManage: boolean }) => (
  <Accordion.Item value={delivery.id}>
    <Accordion.Control>
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <StateBadge tone={tones[delivery.state]}>{delivery.state}</StateBadge>
        <div>
          <Text size="sm" fw={600}>
            {delivery.eventType}
          </Text>
          <Text size="xs" c="dimmed">
            <TimeAgo time={delivery.createdAt} size="xs" />, {delivery.attempts.length}{' '}
            {delivery.attempts.length === 1 ? 'attempt' : 'attempts'}
          </Text>
        </div>
      </Group>
    </Accordion.Control>
    <Accordion.Panel>
      <Stack gap="sm">
        <Attempts delivery={delivery} />
        <Code block tabIndex={0} role="region" aria-label="Payload" mah={320} style={{ overflow: 'auto' }}>
          {JSON.stringify(delivery.payload, null, 2)}
        </Code>
        {canManage && delivery.state !== 'pending' && <SendAgain delivery={delivery} />}
      </Stack>
    </Accordion.Panel>
  </Accordion.Item>
);

const excerptLength = 200;

const Attempts = ({ delivery }: { delivery: WebhookDelivery }) => (
  <>
    {delivery.attempts.map((attempt) => (
      <Text size="sm" key={attempt.at}>
        <TimeAgo time={attempt.at} size="sm" />: {attempt.status === null ? attempt.error : `HTTP ${attempt.status}`} in{' '}
        {attempt.durationMs} ms{' '}
        {attempt.responseExcerpt !== null && attempt.responseExcerpt !== '' && (
          <Code>{attempt.responseExcerpt.slice(0, excerptLength)}</Code>
        )}
      </Text>
    ))}
    {delivery.nextAttemptAt !== null && delivery.attempts.length > 0 && (
      <Text size="sm">
        Next attempt <TimeAgo time={delivery.nextAttemptAt} size="sm" />
      </Text>
    )}
  </>
);

const SendAgain = ({ delivery }: { delivery: WebhookDelivery }) => {
  const deliveriesChanged = useDeliveriesChanged(delivery.endpointId);
  const redeliver = useMutation({
    ...redeliverWebhookMutation(),
    onSuccess: deliveriesChanged,
    onError: notifyProblem,
  });
  return (
    <Group>
      <Button
        size="xs"
        variant="default"
        loading={redeliver.isPending}
        onClick={() =>
          redeliver.mutate({
            path: { endpointId: delivery.endpointId, deliveryId: delivery.id },
            headers: { 'Idempotency-Key': newIdempotencyKey() },
          })
        }
      >
        Send again
      </Button>
    </Group>
  );
};

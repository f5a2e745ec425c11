import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from 'react-router';
import {
  deleteWebhookEndpointMutation,
  getWebhookEndpointOptions,
  pingWebhookEndpointMutation,
} from '../../api/generated/@tanstack/react-query.gen.ts';
import type { WebhookEndpoint } from '../../api/generated/types.gen.ts';
import { usePermission } from '../../session/use-session.ts';
import { ConfirmDialog } from '../../shared/ConfirmDialog.tsx';
import { Notice } from '../../shared/Notice.tsx';
import { PageHeader } from '../../shared/PageHeader.tsx';
import { QueryState } from '../../shared/QueryState.tsx';
import { TimeAgo } from '../../shared/TimeAgo.tsx';
import { newIdempotencyKey } from '../../shared/idempotency-key.ts';
import { notifyDone, notifyProblem } from '../../shared/notify.ts';
import { Deliveries } from './Deliveries.tsx';
import { EndpointState } from './EndpointState.tsx';
import { WebhookEndpointDialog } from './WebhookEndpointDialog.tsx';
import { useDeliveriesChanged } from './use-deliveries-changed.ts';

export const WebhookPage = () => {
  const { endpointId = '' } = useParams();
  const query = useQuery(getWebhookEndpointOptions({ path: { endpointId } }));
  return (
    <>
      {query.isError && <PageHeader title="Webhook" parent={{ to: '/webhooks', label: 'Webhooks' }} />}
      <QueryState query={query} what="the endpoint">
        {(endpoint) => <EndpointDetails endpoint={endpoint} />}
      </QueryState>
    </>
  );
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
      <PageHeader
        parent={{ to: '/webhooks', label: 'Webhooks' }}
        title={endpoint.url}
        badge={<EndpointState endpoint={endpoint} />}
        description={`${endpoint.description === '' ? '' : `${endpoint.description} · `}${endpoint.eventTypes.join(', ')}`}
        actions={
          canManage && (
            <>
              <Button
                variant="default"
                loading={ping.isPending}
                onClick={() => ping.mutate({ path, headers: { 'Idempotency-Key': newIdempotencyKey() } })}
              >
                Send test
              </Button>
              <Button variant="default" onClick={edit.open}>
                Change
              </Button>
              <Button variant="default" c="var(--mantine-color-error)" onClick={deletion.open}>
                Delete
              </Button>
            </>
          )
        }
      />
      <EndpointTrouble endpoint={endpoint} />
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

const EndpointTrouble = ({ endpoint }: { endpoint: WebhookEndpoint }) => {
  if (!endpoint.enabled)
    return (
      <Notice tone="neutral" mb="lg" title="Nothing is sent to this endpoint">
        {endpoint.disabledReason ?? 'It is switched off.'} Switch it on again under Change.
      </Notice>
    );
  if (endpoint.failingSince === null) return null;
  return (
    <Notice tone="warning" mb="lg" title="Deliveries fail">
      Since <TimeAgo time={endpoint.failingSince} size="sm" />. Each is tried again, with growing delays; after long
      failure the endpoint is switched off.
    </Notice>
  );
};

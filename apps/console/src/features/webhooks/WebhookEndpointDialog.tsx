import { Button, Checkbox, Group, Stack, Switch, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import {
  createWebhookEndpointMutation,
  getWebhookEndpointQueryKey,
  listWebhookEndpointsQueryKey,
  updateWebhookEndpointMutation,
} from '../../api/generated/@tanstack/react-query.gen.ts';
import type { CreateWebhookEndpoint, WebhookEndpoint } from '../../api/generated/types.gen.ts';
import { fieldErrorsOf } from '../../api/problem.ts';
import { Dialog } from '../../shared/Dialog.tsx';
import { CopyText } from '../../shared/CopyText.tsx';
import { Notice } from '../../shared/Notice.tsx';
import { ProblemAlert } from '../../shared/QueryState.tsx';
import { useIdempotencyKey } from '../../shared/idempotency-key.ts';

type SubscribableType = CreateWebhookEndpoint['eventTypes'][number];
const eventTypes: { value: SubscribableType; label: string }[] = [
  { value: 'finding.opened', label: 'A finding opened' },
  { value: 'finding.fixed', label: 'A finding was fixed' },
  { value: 'finding.reopened', label: 'A finding came back' },
  { value: 'scan.completed', label: 'A scan completed' },
  { value: 'scan.failed', label: 'A scan failed' },
  { value: 'host.unreachable', label: 'A host can not be reached' },
  { value: 'webhook.disabled', label: 'Another endpoint was switched off' },
];

/** Makes an endpoint, or changes the given one. */
export const WebhookEndpointDialog = ({ endpoint, onClose }: { endpoint?: WebhookEndpoint; onClose: () => void }) => {
  const queryClient = useQueryClient();
  const idempotency = useIdempotencyKey();
  const form = useForm({
    initialValues: {
      url: endpoint?.url ?? '',
      description: endpoint?.description ?? '',
      eventTypes: (endpoint?.eventTypes ?? [
        'finding.opened',
        'finding.reopened',
        'scan.failed',
        'host.unreachable',
      ]) as SubscribableType[],
      enabled: endpoint?.enabled ?? true,
    },
  });
  const refresh = () =>
    Promise.all([
      queryClient.invalidateQueries({ queryKey: [{ _id: listWebhookEndpointsQueryKey()[0]._id }] }),
      endpoint === undefined
        ? undefined
        : queryClient.invalidateQueries({
            queryKey: getWebhookEndpointQueryKey({ path: { endpointId: endpoint.id } }),
          }),
    ]);
  const onError = (error: unknown): void => {
    form.setErrors(fieldErrorsOf(error));
    idempotency.renew();
  };
  const create = useMutation({ ...createWebhookEndpointMutation(), onSuccess: refresh, onError });
  const update = useMutation({
    ...updateWebhookEndpointMutation(),
    onSuccess: async () => {
      await refresh();
      onClose();
    },
    onError,
  });
  const problem = create.error ?? update.error;

  if (create.data !== undefined)
    return (
      <Dialog onClose={onClose} title="Your signing secret" size="lg">
        <Stack>
          <Notice tone="warning">
            Copy it now: it will not be shown again. Verify messages with any Standard Webhooks library.
          </Notice>
          <CopyText text={create.data.secret} label="Signing secret" />
          <Button onClick={onClose}>Done</Button>
        </Stack>
      </Dialog>
    );
  return (
    <Dialog onClose={onClose} title={endpoint === undefined ? 'Add endpoint' : 'Change endpoint'}>
      <form
        onSubmit={form.onSubmit((body) =>
          endpoint === undefined
            ? create.mutate({ body, headers: idempotency.headers })
            : update.mutate({
                path: { endpointId: endpoint.id },
                body,
                headers: { 'If-Match': `"${endpoint.version}"` },
              }),
        )}
      >
        <Stack>
          {problem !== null && <ProblemAlert error={problem} />}
          <TextInput
            label="URL"
            type="url"
            placeholder="https://hooks.example.com/plimsoll"
            required
            data-autofocus
            {...form.getInputProps('url')}
          />
          <TextInput label="Description" maxLength={200} {...form.getInputProps('description')} />
          <Checkbox.Group label="Events" {...form.getInputProps('eventTypes')}>
            <Stack gap="xs" mt="xs">
              {eventTypes.map(({ value, label }) => (
                <Checkbox key={value} value={value} label={label} />
              ))}
            </Stack>
          </Checkbox.Group>
          {endpoint !== undefined && (
            <Switch label="Switched on" {...form.getInputProps('enabled', { type: 'checkbox' })} />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={create.isPending || update.isPending}>
              {endpoint === undefined ? 'Add' : 'Save'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
};

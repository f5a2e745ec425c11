import { Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { createApiKeyMutation, listApiKeysQueryKey } from '../../api/generated/@tanstack/react-query.gen.ts';
import type { CreateApiKey } from '../../api/generated/types.gen.ts';
import { fieldErrorsOf } from '../../api/problem.ts';
import { Dialog } from '../../shared/Dialog.tsx';
import { CopyText } from '../../shared/CopyText.tsx';
import { Notice } from '../../shared/Notice.tsx';
import { ProblemAlert } from '../../shared/QueryState.tsx';
import { useIdempotencyKey } from '../../shared/idempotency-key.ts';

const roles: { value: CreateApiKey['role']; label: string }[] = [
  { value: 'viewer', label: 'viewer: reads hosts, scans and findings' },
  { value: 'operator', label: 'operator: registers and scans hosts too' },
  { value: 'auditor', label: 'auditor: reads everything, the audit log too' },
  { value: 'admin', label: 'admin: manages all but owners' },
];
const lifetimes = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: '1 year' },
  { value: 'never', label: 'does not expire' },
];

export const CreateApiKeyDialog = ({ onClose }: { onClose: () => void }) => {
  const queryClient = useQueryClient();
  const idempotency = useIdempotencyKey();
  const form = useForm({ initialValues: { name: '', role: 'viewer' as CreateApiKey['role'], lifetime: '365' } });
  const create = useMutation({
    ...createApiKeyMutation(),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: [{ _id: listApiKeysQueryKey()[0]._id }] }),
    onError: (error) => {
      form.setErrors(fieldErrorsOf(error));
      idempotency.renew();
    },
  });

  if (create.data !== undefined)
    return (
      <Dialog onClose={onClose} title="Your new API key" size="lg">
        <Stack>
          <Notice tone="warning">Copy it now: it is not stored and will not be shown again.</Notice>
          <CopyText text={create.data.key} label="API key" />
          <Button onClick={onClose}>Done</Button>
        </Stack>
      </Dialog>
    );
  return (
    <Dialog onClose={onClose} title="Create API key">
      <form
        onSubmit={form.onSubmit(({ name, role, lifetime }) =>
          create.mutate({
            body: { name, role, expiresInDays: lifetime === 'never' ? null : Number(lifetime) },
            headers: idempotency.headers,
          }),
        )}
      >
        <Stack>
          {create.isError && <ProblemAlert error={create.error} />}
          <TextInput
            label="Name"
            description="What will use it"
            required
            maxLength={100}
            data-autofocus
            {...form.getInputProps('name')}
          />
          <Select label="Role" data={roles} allowDeselect={false} {...form.getInputProps('role')} />
          <Select label="Lifetime" data={lifetimes} allowDeselect={false} {...form.getInputProps('lifetime')} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={create.isPending}>
              Create
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
};

import { Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { addMemberMutation, listMembersQueryKey } from '../../api/generated/@tanstack/react-query.gen.ts';
import type { Role } from '../../api/generated/types.gen.ts';
import { fieldErrorsOf, problemOf, slugOf } from '../../api/problem.ts';
import { usePermission } from '../../session/use-session.ts';
import { Dialog } from '../../shared/Dialog.tsx';
import { CopyText } from '../../shared/CopyText.tsx';
import { Notice } from '../../shared/Notice.tsx';
import { ProblemAlert } from '../../shared/QueryState.tsx';
import { useIdempotencyKey } from '../../shared/idempotency-key.ts';
import { InviteOffer } from './InviteOffer.tsx';
import { assignableRoles } from './assignable-roles.ts';

export const AddMemberDialog = ({ onClose }: { onClose: () => void }) => {
  const queryClient = useQueryClient();
  const idempotency = useIdempotencyKey();
  const roles = assignableRoles(usePermission('owners:manage'));
  const form = useForm({ initialValues: { email: '', name: '', role: 'viewer' as Role } });
  const add = useMutation({
    ...addMemberMutation(),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: [{ _id: listMembersQueryKey()[0]._id }] });
    },
    onError: (error) => {
      form.setErrors(fieldErrorsOf(error));
      idempotency.renew();
    },
  });

  if (add.data?.initialPassword)
    return (
      <Dialog onClose={onClose} title="Member added" size="lg">
        <Stack>
          <Notice tone="warning">
            This account is new. Hand over its password now: it will not be shown again, and has to be changed at the
            first sign-in.
          </Notice>
          <Text size="sm">{add.data.user.email}</Text>
          <CopyText text={add.data.initialPassword} label="Initial password" />
          <Button onClick={onClose}>Done</Button>
        </Stack>
      </Dialog>
    );
  if (add.isError && slugOf(problemOf(add.error)) === 'account-exists')
    return (
      <Dialog onClose={onClose} title="Invite member">
        <InviteOffer email={form.values.email} role={form.values.role} onDone={onClose} />
      </Dialog>
    );
  return (
    <Dialog onClose={onClose} title="Add member">
      <form
        onSubmit={form.onSubmit(({ email, name, role }) =>
          add.mutate({ body: { email, role, ...(name.trim() === '' ? {} : { name }) }, headers: idempotency.headers }),
        )}
      >
        <Stack>
          {add.isError && <ProblemAlert error={add.error} />}
          <TextInput label="Email" type="email" required data-autofocus {...form.getInputProps('email')} />
          <TextInput
            label="Name"
            description="For somebody who has no account here yet"
            maxLength={100}
            {...form.getInputProps('name')}
          />
          <Select label="Role" data={roles} allowDeselect={false} {...form.getInputProps('role')} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={add.isPending}>
              Add
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
};

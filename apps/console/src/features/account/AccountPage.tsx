import { Button, Card, Code, Group, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import {
  changePasswordMutation,
  getTenantOptions,
  getTenantQueryKey,
  updateTenantMutation,
} from '../../api/generated/@tanstack/react-query.gen.ts';
import type { Tenant } from '../../api/generated/types.gen.ts';
import { fieldErrorsOf } from '../../api/problem.ts';
import { usePermission, useSession } from '../../session/use-session.ts';
import { PageHeader } from '../../shared/PageHeader.tsx';
import { ProblemAlert, QueryState } from '../../shared/QueryState.tsx';
import { notifyDone } from '../../shared/notify.ts';
import { AcceptInvitation } from './AcceptInvitation.tsx';

export const AccountPage = () => {
  const { user, role } = useSession();
  const tenant = useQuery(getTenantOptions());
  return (
    <>
      <PageHeader title="Account" description={`${user.name}, ${user.email}, ${role}`} />
      <Stack maw={520}>
        <PasswordCard />
        <AcceptInvitation />
        <QueryState query={tenant} what="the tenant">
          {(data) => <TenantCard tenant={data} />}
        </QueryState>
      </Stack>
    </>
  );
};

const PasswordCard = () => {
  const form = useForm({ initialValues: { currentPassword: '', newPassword: '' } });
  const change = useMutation({
    ...changePasswordMutation(),
    onSuccess: () => {
      form.reset();
      notifyDone('Your password is changed, and all your other sessions are ended.');
    },
    onError: (error) => form.setErrors(fieldErrorsOf(error)),
  });
  return (
    <Card withBorder component="section" aria-labelledby="password-title">
      <Title order={2} size="h4" id="password-title" mb="sm">
        Password
      </Title>
      <form onSubmit={form.onSubmit((body) => change.mutate({ body }))}>
        <Stack>
          {change.isError && <ProblemAlert error={change.error} />}
          <input type="text" name="username" autoComplete="username" hidden readOnly />
          <PasswordInput
            label="Current password"
            autoComplete="current-password"
            required
            {...form.getInputProps('currentPassword')}
          />
          <PasswordInput
            label="New password"
            description="At least 12 characters"
            autoComplete="new-password"
            required
            minLength={12}
            {...form.getInputProps('newPassword')}
          />
          <Group>
            <Button type="submit" loading={change.isPending}>
              Change password
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
};

const TenantCard = ({ tenant }: { tenant: Tenant }) => {
  const canUpdate = usePermission('tenant:update');
  const queryClient = useQueryClient();
  const form = useForm({ initialValues: { name: tenant.name } });
  const update = useMutation({
    ...updateTenantMutation(),
    onSuccess: async () => {
      notifyDone('Saved.');
      await queryClient.invalidateQueries({ queryKey: getTenantQueryKey() });
    },
    onError: (error) => form.setErrors(fieldErrorsOf(error)),
  });
  return (
    <Card withBorder component="section" aria-labelledby="tenant-title">
      <Title order={2} size="h4" id="tenant-title" mb="sm">
        Organization
      </Title>
      <form onSubmit={form.onSubmit((body) => update.mutate({ body, headers: { 'If-Match': '*' } }))}>
        <Stack>
          {update.isError && <ProblemAlert error={update.error} />}
          <TextInput label="Name" required maxLength={100} readOnly={!canUpdate} {...form.getInputProps('name')} />
          <Text size="xs" c="dimmed">
            Id <Code>{tenant.id}</Code>
          </Text>
          {canUpdate && (
            <Group>
              <Button type="submit" loading={update.isPending} disabled={!form.isDirty()}>
                Save
              </Button>
            </Group>
          )}
        </Stack>
      </form>
    </Card>
  );
};

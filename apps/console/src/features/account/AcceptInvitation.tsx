import { Button, Card, Group, Stack, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { acceptInvitationMutation } from '../../api/generated/@tanstack/react-query.gen.ts';
import { fieldErrorsOf } from '../../api/problem.ts';
import { sessionStore } from '../../session/session-store.ts';
import { ProblemAlert } from '../../shared/QueryState.tsx';
import { newIdempotencyKey } from '../../shared/idempotency-key.ts';
import { notifyDone, notifyProblem } from '../../shared/notify.ts';

/** Joins another organization, with the code that one of its admins has handed over, and goes there. */
export const AcceptInvitation = () => {
  const form = useForm({ initialValues: { code: '' } });
  const accept = useMutation({
    ...acceptInvitationMutation(),
    onSuccess: ({ tenant }) => {
      notifyDone(`You are a member of ${tenant.name} now.`);
      sessionStore.switchTenant(tenant.id).catch(notifyProblem);
    },
    onError: (error) => form.setErrors(fieldErrorsOf(error)),
  });
  return (
    <Card withBorder component="section" aria-labelledby="invitation-title">
      <Title order={2} size="h4" id="invitation-title" mb="sm">
        Join another organization
      </Title>
      <form
        onSubmit={form.onSubmit(({ code }) =>
          accept.mutate({ body: { code: code.trim() }, headers: { 'Idempotency-Key': newIdempotencyKey() } }),
        )}
      >
        <Stack>
          {accept.isError && <ProblemAlert error={accept.error} />}
          <TextInput
            label="Invitation code"
            description="From an admin of that organization"
            required
            autoComplete="off"
            {...form.getInputProps('code')}
          />
          <Group>
            <Button type="submit" loading={accept.isPending}>
              Join
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
};

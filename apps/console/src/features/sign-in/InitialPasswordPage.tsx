import { Button, PasswordInput, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { changePasswordMutation } from '../../api/generated/@tanstack/react-query.gen.ts';
import type { Session } from '../../api/generated/types.gen.ts';
import { fieldErrorsOf } from '../../api/problem.ts';
import { sessionStore } from '../../session/session-store.ts';
import { ProblemAlert } from '../../shared/QueryState.tsx';
import { notifyProblem } from '../../shared/notify.ts';
import { EntryFrame } from './EntryFrame.tsx';

/** In the place of every page, for whoever signed in with a password that somebody else has given out. */
export const InitialPasswordPage = ({ session }: { session: Session }) => {
  const form = useForm({ mode: 'uncontrolled', initialValues: { currentPassword: '', newPassword: '' } });
  const change = useMutation({
    ...changePasswordMutation(),
    onSuccess: sessionStore.passwordChanged,
    onError: (error) => form.setErrors(fieldErrorsOf(error)),
  });
  return (
    <EntryFrame title="Choose your password">
      <form onSubmit={form.onSubmit((body) => change.mutate({ body }))}>
        <Stack>
          <Text size="sm">
            You signed in with a password that somebody else has given you. Replace it by one that only you know; then
            everything is open to you.
          </Text>
          {change.isError && <ProblemAlert error={change.error} />}
          <input type="text" name="username" autoComplete="username" value={session.user.email} hidden readOnly />
          <PasswordInput
            label="Password that you were given"
            autoComplete="current-password"
            required
            autoFocus
            key={form.key('currentPassword')}
            {...form.getInputProps('currentPassword')}
          />
          <PasswordInput
            label="New password"
            description="At least 12 characters"
            autoComplete="new-password"
            required
            minLength={12}
            key={form.key('newPassword')}
            {...form.getInputProps('newPassword')}
          />
          <Button type="submit" loading={change.isPending}>
            Change password
          </Button>
          <Button variant="subtle" onClick={() => void sessionStore.signOut().catch(notifyProblem)}>
            Sign out
          </Button>
        </Stack>
      </form>
    </EntryFrame>
  );
};

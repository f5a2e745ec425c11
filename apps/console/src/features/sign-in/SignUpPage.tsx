import { Anchor, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { Link, Navigate } from 'react-router';
import { fieldErrorsOf } from '../../api/problem.ts';
import { sessionStore } from '../../session/session-store.ts';
import { useSessionState } from '../../session/use-session.ts';
import { ProblemAlert } from '../../shared/QueryState.tsx';
import { EntryFrame } from './EntryFrame.tsx';
import { useSignUpOpen } from './use-sign-up-open.ts';

export const SignUpPage = () => {
  const session = useSessionState();
  const signUpOpen = useSignUpOpen();
  if (session) return <Navigate to="/" replace />;
  return <EntryFrame title="Sign up">{signUpOpen === false ? <SignUpClosed /> : <SignUpForm />}</EntryFrame>;
};

const SignUpClosed = () => (
  <Stack>
    <Text size="sm">
      Sign-up is switched off here. Ask an owner or admin of your organization to add you as a member; whoever operates
      this installation can open it with the setting PLIMSOLL_SIGN_UP.
    </Text>
    <ToSignIn />
  </Stack>
);

const ToSignIn = () => (
  <Text size="sm" ta="center">
    Have an account?{' '}
    <Anchor component={Link} to="/sign-in" underline="always">
      Sign in
    </Anchor>
  </Text>
);

const SignUpForm = () => {
  const form = useForm({ mode: 'uncontrolled', initialValues: { tenantName: '', name: '', email: '', password: '' } });
  const signUp = useMutation({
    mutationFn: sessionStore.signUp,
    onError: (error) => form.setErrors(fieldErrorsOf(error)),
  });
  return (
    <form onSubmit={form.onSubmit((values) => signUp.mutate(values))}>
      <Stack>
        {signUp.isError && <ProblemAlert error={signUp.error} />}
        <TextInput
          label="Organization"
          autoComplete="organization"
          required
          autoFocus
          key={form.key('tenantName')}
          {...form.getInputProps('tenantName')}
        />
        <TextInput
          label="Your name"
          autoComplete="name"
          required
          key={form.key('name')}
          {...form.getInputProps('name')}
        />
        <TextInput
          label="Email"
          type="email"
          autoComplete="username"
          required
          key={form.key('email')}
          {...form.getInputProps('email')}
        />
        <PasswordInput
          label="Password"
          description="At least 12 characters"
          autoComplete="new-password"
          required
          minLength={12}
          key={form.key('password')}
          {...form.getInputProps('password')}
        />
        <Button type="submit" loading={signUp.isPending}>
          Sign up
        </Button>
        <ToSignIn />
      </Stack>
    </form>
  );
};

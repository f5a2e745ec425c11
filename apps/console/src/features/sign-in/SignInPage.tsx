import { Anchor, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Link, Navigate, useSearchParams } from 'react-router';
import { sessionStore } from '../../session/session-store.ts';
import { useSessionState } from '../../session/use-session.ts';
import { ProblemAlert } from '../../shared/QueryState.tsx';
import { EntryFrame } from './EntryFrame.tsx';
import { useSignUpOpen } from './use-sign-up-open.ts';

/** Only paths of this site: a link must not send somebody elsewhere after signing in. */
const safeReturn = (wanted: string | null): string => (wanted !== null && /^\/(?!\/|\\)/.test(wanted) ? wanted : '/');

export const SignInPage = () => {
  const session = useSessionState();
  const signUpOpen = useSignUpOpen();
  const [parameters] = useSearchParams();
  const form = useForm({ mode: 'uncontrolled', initialValues: { email: '', password: '' } });
  const signIn = useMutation({ mutationFn: sessionStore.signIn });

  // Whoever still has a session does not sign in again; a server that does not answer says so at the sign-in.
  useEffect(() => {
    if (session === undefined) sessionStore.resume().catch(() => {});
  }, [session]);

  if (session) return <Navigate to={safeReturn(parameters.get('return'))} replace />;
  return (
    <EntryFrame title="Sign in">
      <form onSubmit={form.onSubmit((values) => signIn.mutate(values))}>
        <Stack>
          {signIn.isError && <ProblemAlert error={signIn.error} />}
          <TextInput
            label="Email"
            type="email"
            autoComplete="username"
            required
            autoFocus
            key={form.key('email')}
            {...form.getInputProps('email')}
          />
          <PasswordInput
            label="Password"
            autoComplete="current-password"
            required
            key={form.key('password')}
            {...form.getInputProps('password')}
          />
          <Button type="submit" loading={signIn.isPending}>
            Sign in
          </Button>
          {signUpOpen === true && (
            <Text size="sm" ta="center">
              No account yet?{' '}
              <Anchor component={Link} to="/sign-up" underline="always">
                Sign up
              </Anchor>
            </Text>
          )}
          {signUpOpen === false && (
            <Text size="sm" ta="center" c="dimmed">
              No account yet? Ask an owner or admin of your organization to add you.
            </Text>
          )}
        </Stack>
      </form>
    </EntryFrame>
  );
};

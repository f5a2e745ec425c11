import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from 'react-router';
import { problemOf } from '../api/problem.ts';
import { type SessionState, sessionStore } from '../session/session-store.ts';
import { router } from './router.tsx';
import { cssVariables, theme } from './theme.ts';

const retriesOfReads = 2;

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // What the server has decided stays decided; only silence and its own trouble are worth another try.
      retry: (failures, error) => {
        const { status } = problemOf(error);
        return failures < retriesOfReads && (status === 0 || status >= 500);
      },
    },
  },
});

/** Nothing that one user or tenant has seen is kept for the next. */
const whoOf = (session: SessionState): string => (session ? `${session.user.id}/${session.tenant.id}` : '');
let who = '';
sessionStore.subscribe(() => {
  const now = whoOf(sessionStore.get());
  if (now !== who && who !== '') queryClient.clear();
  who = now;
});

const styleNonce = (): string => document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
// The scroll lock of dialogs makes a style element of its own, and looks for the nonce under this name only.
Object.assign(globalThis, { __webpack_nonce__: styleNonce() });

export const App = () => (
  <MantineProvider
    theme={theme}
    cssVariablesResolver={cssVariables}
    defaultColorScheme="auto"
    getStyleNonce={styleNonce}
  >
    <Notifications position="top-right" />
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </MantineProvider>
);

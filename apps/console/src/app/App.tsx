import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from 'react-router';
import { problemOf } from '../api/problem.ts';
import { router } from './router.tsx';
import { theme } from './theme.ts';

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

const styleNonce = (): string => document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';

export const App = () => (
  <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={styleNonce}>
    <Notifications position="top-right" />
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </MantineProvider>
);

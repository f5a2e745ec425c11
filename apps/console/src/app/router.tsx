import { createBrowserRouter } from 'react-router';
import { NotFoundPage } from './NotFoundPage.tsx';
import { ErrorPage } from './ErrorPage.tsx';
import { Loading } from './Loading.tsx';
import { Shell } from './Shell.tsx';

/** Every page is a chunk of its own, loaded when it is first opened. */
export const router = createBrowserRouter([
  {
    errorElement: <ErrorPage />,
    HydrateFallback: Loading,
    children: [
      {
        path: '/sign-in',
        lazy: async () => ({ Component: (await import('../features/sign-in/SignInPage.tsx')).SignInPage }),
      },
      {
        path: '/sign-up',
        lazy: async () => ({ Component: (await import('../features/sign-in/SignUpPage.tsx')).SignUpPage }),
      },
      {
        element: <Shell />,
        children: [
          {
            index: true,
            lazy: async () => ({ Component: (await import('../features/overview/OverviewPage.tsx')).OverviewPage }),
          },
          {
            path: 'hosts',
            lazy: async () => ({ Component: (await import('../features/hosts/HostsPage.tsx')).HostsPage }),
          },
          {
            path: 'hosts/new',
            lazy: async () => ({
              Component: (await import('../features/hosts/RegisterHostPage.tsx')).RegisterHostPage,
            }),
          },
          {
            path: 'hosts/:hostId',
            lazy: async () => ({ Component: (await import('../features/host/HostPage.tsx')).HostPage }),
          },
          {
            path: 'findings',
            lazy: async () => ({ Component: (await import('../features/findings/FindingsPage.tsx')).FindingsPage }),
          },
          {
            path: 'checks',
            lazy: async () => ({ Component: (await import('../features/checks/ChecksPage.tsx')).ChecksPage }),
          },
          {
            path: 'members',
            lazy: async () => ({ Component: (await import('../features/members/MembersPage.tsx')).MembersPage }),
          },
          {
            path: 'api-keys',
            lazy: async () => ({ Component: (await import('../features/api-keys/ApiKeysPage.tsx')).ApiKeysPage }),
          },
          {
            path: 'webhooks',
            lazy: async () => ({ Component: (await import('../features/webhooks/WebhooksPage.tsx')).WebhooksPage }),
          },
          {
            path: 'webhooks/:endpointId',
            lazy: async () => ({ Component: (await import('../features/webhooks/WebhookPage.tsx')).WebhookPage }),
          },
          {
            path: 'audit',
            lazy: async () => ({ Component: (await import('../features/audit/AuditPage.tsx')).AuditPage }),
          },
          {
            path: 'account',
            lazy: async () => ({ Component: (await import('../features/account/AccountPage.tsx')).AccountPage }),
          },
          { path: '*', element: <NotFoundPage /> },
        ],
      },
    ],
  },
]);

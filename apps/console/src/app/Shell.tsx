import { AppShell, Burger, Center, Group, Loader, NavLink, ScrollArea, Text } from '@mantine/core';
import { useDisclosure, useDocumentTitle } from '@mantine/hooks';
import {
  IconAnchor,
  IconBell,
  IconClipboardList,
  IconGauge,
  IconKey,
  IconListCheck,
  IconServer,
  IconShieldExclamation,
  IconUsers,
} from '@tabler/icons-react';
import { useEffect } from 'react';
import { Navigate, NavLink as RouterLink, Outlet, useLocation, useMatch } from 'react-router';
import { sessionStore } from '../session/session-store.ts';
import { useSessionState } from '../session/use-session.ts';
import { AccountMenu } from './AccountMenu.tsx';
import { ColourSchemeToggle } from './ColourSchemeToggle.tsx';

const pages = [
  { to: '/', label: 'Overview', icon: IconGauge, permission: 'hosts:read' },
  { to: '/hosts', label: 'Hosts', icon: IconServer, permission: 'hosts:read' },
  { to: '/findings', label: 'Findings', icon: IconShieldExclamation, permission: 'findings:read' },
  { to: '/checks', label: 'Checks', icon: IconListCheck, permission: 'checks:read' },
  { to: '/webhooks', label: 'Webhooks', icon: IconBell, permission: 'webhooks:read' },
  { to: '/members', label: 'Members', icon: IconUsers, permission: 'members:read' },
  { to: '/api-keys', label: 'API keys', icon: IconKey, permission: 'api-keys:read' },
  { to: '/audit', label: 'Audit log', icon: IconClipboardList, permission: 'audit:read' },
] as const;

/** The frame of every page behind the sign-in. */
export const Shell = () => {
  const session = useSessionState();
  const location = useLocation();
  const [menuOpened, menu] = useDisclosure(false);
  useDocumentTitle('Plimsoll');

  useEffect(() => {
    if (session === undefined) void sessionStore.resume();
  }, [session]);
  useEffect(() => menu.close(), [location.pathname, menu.close]);

  if (session === undefined)
    return (
      <Center h="100vh">
        <Loader aria-label="Signing in" />
      </Center>
    );
  if (session === null)
    return <Navigate to={`/sign-in?return=${encodeURIComponent(location.pathname + location.search)}`} replace />;

  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !menuOpened } }}
      padding={{ base: 'sm', sm: 'lg' }}
    >
      <a className="skip-link" href="#main">
        Skip to content
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger
              opened={menuOpened}
              onClick={menu.toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label="Menu"
              aria-expanded={menuOpened}
            />
            <IconAnchor aria-hidden size={22} />
            <Text fw={700}>Plimsoll</Text>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <ColourSchemeToggle />
            <AccountMenu session={session} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Pages">
        <ScrollArea type="auto">
          {pages
            .filter(({ permission }) => session.permissions.includes(permission))
            .map((page) => (
              <PageLink key={page.to} {...page} />
            ))}
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
};

const PageLink = ({ to, label, icon: Icon }: (typeof pages)[number]) => {
  const active = useMatch({ path: to, end: to === '/' }) !== null;
  return (
    <NavLink
      component={RouterLink}
      to={to}
      end={to === '/'}
      label={label}
      active={active}
      leftSection={<Icon size={18} aria-hidden />}
      // Mantine's own blue on blue is too faint for AA.
      variant="filled"
    />
  );
};

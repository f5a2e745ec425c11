import { AppShell, Burger, Container, Group, NavLink, ScrollArea, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
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
import { useQuery } from '@tanstack/react-query';
import { Fragment, useEffect, useRef } from 'react';
import { Navigate, NavLink as RouterLink, Outlet, ScrollRestoration, useLocation, useMatch } from 'react-router';
import type { Session } from '../api/generated/types.gen.ts';
import { sessionStore } from '../session/session-store.ts';
import { InitialPasswordPage } from '../features/sign-in/InitialPasswordPage.tsx';
import { useSessionState } from '../session/use-session.ts';
import { ProblemAlert } from '../shared/QueryState.tsx';
import { AccountMenu } from './AccountMenu.tsx';
import { ColourSchemeToggle } from './ColourSchemeToggle.tsx';
import { Loading } from './Loading.tsx';

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
  if (session === undefined) return <Resuming />;
  if (session === null)
    return <Navigate to={`/sign-in?return=${encodeURIComponent(location.pathname + location.search)}`} replace />;
  if (session.passwordChangeRequired) return <InitialPasswordPage session={session} />;
  return <SignedIn session={session} />;
};

/** A server that does not answer has not ended the session: try again, sign nobody out. */
const Resuming = () => {
  const resume = useQuery({
    queryKey: ['resume'],
    queryFn: async () => {
      await sessionStore.resume();
      return null;
    },
    staleTime: 0,
    gcTime: 0,
  });
  if (!resume.isError) return <Loading />;
  return (
    <Container component="main" py="xl" size="sm">
      <Title order={1} size="h2" mb="md">
        Plimsoll
      </Title>
      <ProblemAlert error={resume.error} onRetry={() => void resume.refetch()} />
    </Container>
  );
};

/** A new page begins at its top for those who see it, and in its content for those who hear it. */
const useFocusOnNewPage = (): void => {
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    const main = document.getElementById('main');
    if (main?.contains(document.activeElement) === false) main.focus({ preventScroll: true });
  }, [pathname]);
};

const SignedIn = ({ session }: { session: Session }) => {
  const [menuOpened, menu] = useDisclosure(false);
  useFocusOnNewPage();
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
            <IconAnchor aria-hidden size={22} style={{ flexShrink: 0 }} />
            <Text fw={700} style={{ whiteSpace: 'nowrap' }}>
              Plimsoll
            </Text>
          </Group>
          <Group gap={4} wrap="nowrap" miw={0}>
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
              <PageLink key={page.to} {...page} onClick={menu.close} />
            ))}
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        {/* Nothing of one tenant stays mounted for the next. */}
        <Fragment key={session.tenant.id}>
          <Outlet />
        </Fragment>
        <ScrollRestoration />
      </AppShell.Main>
    </AppShell>
  );
};

const PageLink = ({ to, label, icon: Icon, onClick }: (typeof pages)[number] & { onClick: () => void }) => {
  const active = useMatch({ path: to, end: to === '/' }) !== null;
  return (
    <NavLink
      component={RouterLink}
      to={to}
      end={to === '/'}
      onClick={onClick}
      label={label}
      active={active}
      leftSection={<Icon size={18} aria-hidden />}
      variant="light"
      fw={active ? 600 : undefined}
      mb={2}
      style={{ borderRadius: 'var(--mantine-radius-md)' }}
    />
  );
};

import { Button, Menu, Text } from '@mantine/core';
import { IconChevronDown, IconLogout, IconUser } from '@tabler/icons-react';
import { Link, useNavigate } from 'react-router';
import type { Session } from '../api/generated/types.gen.ts';
import { sessionStore } from '../session/session-store.ts';
import { notifyProblem } from '../shared/notify.ts';

export const AccountMenu = ({ session }: { session: Session }) => {
  const navigate = useNavigate();
  const others = session.tenants.filter(({ id }) => id !== session.tenant.id);

  const switchTo = async (tenantId: string): Promise<void> => {
    // First away from a page that may be about a thing of this tenant.
    await navigate('/');
    await sessionStore.switchTenant(tenantId);
  };
  const signOut = async (): Promise<void> => {
    await sessionStore.signOut();
    // The way back to this page would be of no use to whoever signs in next.
    await navigate('/sign-in', { replace: true });
  };

  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target>
        <Button variant="subtle" color="gray" rightSection={<IconChevronDown size={14} aria-hidden />}>
          <Text size="sm" truncate maw={{ base: 120, sm: 240 }}>
            {session.tenant.name}
          </Text>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {session.user.name} · {session.role}
        </Menu.Label>
        <Menu.Item component={Link} to="/account" leftSection={<IconUser size={16} aria-hidden />}>
          Account
        </Menu.Item>
        {others.length > 0 && <Menu.Label>Switch to</Menu.Label>}
        {others.map(({ id, name, role }) => (
          <Menu.Item key={id} onClick={() => void switchTo(id).catch(notifyProblem)}>
            {name} ({role})
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void signOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
};

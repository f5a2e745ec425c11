import { Button, Menu, Text } from '@mantine/core';
import { IconChevronDown, IconLogout, IconUser } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from 'react-router';
import type { Session } from '../api/generated/types.gen.ts';
import { sessionStore } from '../session/session-store.ts';

export const AccountMenu = ({ session }: { session: Session }) => {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const others = session.tenants.filter(({ id }) => id !== session.tenant.id);

  const switchTo = async (tenantId: string): Promise<void> => {
    await sessionStore.switchTenant(tenantId);
    // Nothing of the tenant before may be seen for even a moment.
    queryClient.clear();
    await navigate('/');
  };
  const signOut = async (): Promise<void> => {
    await sessionStore.signOut();
    queryClient.clear();
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
          <Menu.Item key={id} onClick={() => void switchTo(id)}>
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

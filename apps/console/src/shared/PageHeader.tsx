import { Anchor, Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { Link } from 'react-router';

interface PageHeaderProps {
  title: string;
  description?: ReactNode;
  badge?: ReactNode;
  actions?: ReactNode;
  /** The list that this page belongs to. */
  parent?: { to: string; label: string };
}

/** A longer title, a host's full name or a URL, is set smaller. */
const longTitle = 40;

export const PageHeader = ({ title, description, badge, actions, parent }: PageHeaderProps) => {
  useDocumentTitle(`${title} · Plimsoll`);
  return (
    <>
      {parent !== undefined && (
        <Anchor component={Link} to={parent.to} size="sm">
          ← {parent.label}
        </Anchor>
      )}
      <Group justify="space-between" align="flex-start" mb="lg" gap="sm">
        <Stack gap={4} flex="1 1 18rem" miw={0}>
          <Group gap="xs">
            <Title order={1} size={title.length > longTitle ? 'h4' : 'h2'}>
              {title}
            </Title>
            {badge}
          </Group>
          {description !== undefined && (
            <Text c="dimmed" size="sm" component="div">
              {description}
            </Text>
          )}
        </Stack>
        {actions !== undefined && actions !== false && <Group gap="xs">{actions}</Group>}
      </Group>
    </>
  );
};

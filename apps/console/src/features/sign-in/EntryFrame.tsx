import { Box, Container, Group, Paper, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { IconAnchor } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { ColourSchemeToggle } from '../../app/ColourSchemeToggle.tsx';

/** The frame of the pages before the sign-in. */
export const EntryFrame = ({ title, children }: { title: string; children: ReactNode }) => {
  useDocumentTitle(`${title} · Plimsoll`);
  return (
    <Box mih="100vh">
      <Group justify="flex-end" p="sm" component="header">
        <ColourSchemeToggle />
      </Group>
      <Container size={440} py={{ base: 'md', sm: 64 }} component="main">
        <Group gap="xs" mb="xs">
          <IconAnchor aria-hidden size={28} />
          <Text fw={700} size="xl">
            Plimsoll
          </Text>
        </Group>
        <Text c="dimmed" mb="lg">
          Which of your Docker hosts are safe, what changed, and what to fix first.
        </Text>
        <Paper withBorder p={{ base: 'md', sm: 'xl' }} radius="lg" shadow="sm">
          <Title order={1} size="h3" mb="md">
            {title}
          </Title>
          {children}
        </Paper>
      </Container>
    </Box>
  );
};

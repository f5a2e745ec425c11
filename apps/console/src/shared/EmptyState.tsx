import { Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** What a list shows when there is nothing in it: why, and what to do. */
export const EmptyState = ({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) => (
  <Paper withBorder p="xl" radius="md">
    <Stack align="center" gap="sm" ta="center">
      <Title order={2} size="h4">
        {title}
      </Title>
      <Text c="dimmed" maw={520}>
        {children}
      </Text>
      {action}
    </Stack>
  </Paper>
);

import { Code, List, Modal, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { listRolesOptions } from '../../api/generated/@tanstack/react-query.gen.ts';
import { QueryState } from '../../shared/QueryState.tsx';

export const RolesDialog = ({ onClose }: { onClose: () => void }) => {
  const query = useQuery(listRolesOptions());
  return (
    <Modal opened onClose={onClose} title="Roles" size="lg">
      <QueryState query={query} what="the roles">
        {({ items }) => (
          <Stack>
            {items.map(({ role, permissions }) => (
              <section key={role}>
                <Title order={3} size="h5" mb={4}>
                  {role}
                </Title>
                <List size="sm">
                  {permissions.map(({ name, description }) => (
                    <List.Item key={name}>
                      {description} <Code>{name}</Code>
                    </List.Item>
                  ))}
                </List>
              </section>
            ))}
            <Text size="sm" c="dimmed">
              Every refused attempt is in the audit log.
            </Text>
          </Stack>
        )}
      </QueryState>
    </Modal>
  );
};

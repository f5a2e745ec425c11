import { Table, Text } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { listRolesOptions } from '../../api/generated/@tanstack/react-query.gen.ts';
import type { RoleList } from '../../api/generated/types.gen.ts';
import { Dialog } from '../../shared/Dialog.tsx';
import { QueryState } from '../../shared/QueryState.tsx';
import { ScrollBox } from '../../shared/ScrollBox.tsx';
import classes from './RolesDialog.module.css';

export const RolesDialog = ({ onClose }: { onClose: () => void }) => {
  const query = useQuery(listRolesOptions());
  return (
    <Dialog onClose={onClose} title="What each role may do" size="xl">
      <QueryState query={query} what="the roles">
        {({ items }) => <RoleMatrix roles={items} />}
      </QueryState>
    </Dialog>
  );
};

const RoleMatrix = ({ roles }: { roles: RoleList['items'] }) => {
  const permissions = new Map(
    roles.flatMap((role) => role.permissions.map(({ name, description }) => [name, description])),
  );
  return (
    <ScrollBox label="Roles and what they may do">
      <Table horizontalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>May</Table.Th>
            {roles.map(({ role }) => (
              <Table.Th key={role} className={classes.role}>
                {role}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {[...permissions].map(([name, description]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" fw={400}>
                {description}
                <Text size="xs" c="dimmed" ff="monospace">
                  {name}
                </Text>
              </Table.Th>
              {roles.map((role) => (
                <Table.Td key={role.role} ta="center">
                  {role.permissions.some((permission) => permission.name === name) ? (
                    <IconCheck size={18} aria-label="yes" role="img" />
                  ) : (
                    <Text span c="dimmed" aria-label="no" role="img">
                      –
                    </Text>
                  )}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollBox>
  );
};

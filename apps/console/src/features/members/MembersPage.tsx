import { Anchor, Button, Menu, ActionIcon, Select, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDots, IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  listMembersInfiniteOptions,
  listMembersQueryKey,
  removeMemberMutation,
  updateMemberMutation,
} from '../../api/generated/@tanstack/react-query.gen.ts';
import type { Member, Role } from '../../api/generated/types.gen.ts';
import { usePermission, useSession } from '../../session/use-session.ts';
import { ConfirmDialog } from '../../shared/ConfirmDialog.tsx';
import { LoadMore } from '../../shared/LoadMore.tsx';
import { PageHeader } from '../../shared/PageHeader.tsx';
import { QueryState } from '../../shared/QueryState.tsx';
import { TimeAgo } from '../../shared/TimeAgo.tsx';
import { notifyDone, notifyProblem } from '../../shared/notify.ts';
import { itemsOf, nextPage } from '../../shared/paging.ts';
import { AddMemberDialog } from './AddMemberDialog.tsx';
import { RolesDialog } from './RolesDialog.tsx';
import { assignableRoles } from './assignable-roles.ts';

export const MembersPage = () => {
  const canManage = usePermission('members:manage');
  const [adding, addDialog] = useDisclosure(false);
  const [rolesShown, rolesDialog] = useDisclosure(false);
  const query = useInfiniteQuery({ ...listMembersInfiniteOptions({ query: {} }), ...nextPage });
  return (
    <>
      <PageHeader
        title="Members"
        description={
          <Anchor component="button" type="button" size="sm" underline="always" onClick={rolesDialog.open}>
            What each role may do
          </Anchor>
        }
        actions={
          canManage && (
            <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={addDialog.open}>
              Add member
            </Button>
          )
        }
      />
      <QueryState query={query} what="members">
        {(data) => (
          <>
            <MemberTable members={itemsOf(data)} canManage={canManage} />
            <LoadMore query={query} />
          </>
        )}
      </QueryState>
      {adding && <AddMemberDialog onClose={addDialog.close} />}
      {rolesShown && <RolesDialog onClose={rolesDialog.close} />}
    </>
  );
};

const useMemberChanges = () => {
  const queryClient = useQueryClient();
  const onSuccess = async (): Promise<void> => {
    notifyDone('Done.');
    await queryClient.invalidateQueries({ queryKey: [{ _id: listMembersQueryKey()[0]._id }] });
  };
  return {
    update: useMutation({ ...updateMemberMutation(), onSuccess, onError: notifyProblem }),
    remove: useMutation({ ...removeMemberMutation(), onSuccess, onError: notifyProblem }),
  };
};

const MemberTable = ({ members, canManage }: { members: Member[]; canManage: boolean }) => {
  const { user: me } = useSession();
  const mayMakeOwners = usePermission('owners:manage');
  const [removing, setRemoving] = useState<Member | null>(null);
  const { update, remove } = useMemberChanges();
  return (
    <Table.ScrollContainer minWidth={640} type="native">
      <Table verticalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>Role</Table.Th>
            <Table.Th>Joined</Table.Th>
            <Table.Th>Last sign-in</Table.Th>
            {canManage && <Table.Th aria-label="Actions" />}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {members.map((member) => {
            const roles = assignableRoles(mayMakeOwners);
            const editable = canManage && (member.role !== 'owner' || mayMakeOwners);
            return (
              <Table.Tr key={member.id}>
                <Table.Td>
                  <Text size="sm">
                    {member.user.name}
                    {member.user.id === me.id && ' (you)'}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {member.user.email}
                  </Text>
                </Table.Td>
                <Table.Td>
                  {editable ? (
                    <Select
                      aria-label={`Role of ${member.user.name}`}
                      size="xs"
                      w={130}
                      data={roles}
                      value={member.role}
                      allowDeselect={false}
                      disabled={update.isPending}
                      onChange={(role) =>
                        role !== null &&
                        update.mutate({
                          path: { memberId: member.id },
                          body: { role: role as Role },
                          headers: { 'If-Match': '*' },
                        })
                      }
                    />
                  ) : (
                    member.role
                  )}
                </Table.Td>
                <Table.Td>
                  <TimeAgo time={member.joinedAt} size="sm" />
                </Table.Td>
                <Table.Td>
                  <TimeAgo time={member.lastLoginAt} size="sm" />
                </Table.Td>
                {canManage && (
                  <Table.Td ta="right">
                    {editable && (
                      <Menu position="bottom-end">
                        <Menu.Target>
                          <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${member.user.name}`}>
                            <IconDots size={16} />
                          </ActionIcon>
                        </Menu.Target>
                        <Menu.Dropdown>
                          <Menu.Item color="red" onClick={() => setRemoving(member)}>
                            Remove
                          </Menu.Item>
                        </Menu.Dropdown>
                      </Menu>
                    )}
                  </Table.Td>
                )}
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
      <ConfirmDialog
        opened={removing !== null}
        title="Remove this member?"
        confirm="Remove"
        loading={remove.isPending}
        onClose={() => setRemoving(null)}
        onConfirm={() =>
          removing !== null &&
          remove.mutate({ path: { memberId: removing.id } }, { onSettled: () => setRemoving(null) })
        }
      >
        <b>{removing?.user.name}</b> loses access to this organization at once. The account itself stays.
      </ConfirmDialog>
    </Table.ScrollContainer>
  );
};

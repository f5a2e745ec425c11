import { Button, Select, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  listMembersQueryKey,
  removeMemberMutation,
  updateMemberMutation,
} from '../../api/generated/@tanstack/react-query.gen.ts';
import type { Member } from '../../api/generated/types.gen.ts';
import { usePermission, useSession } from '../../session/use-session.ts';
import { ConfirmDialog } from '../../shared/ConfirmDialog.tsx';
import { type Column, DataTable } from '../../shared/DataTable.tsx';
import { TimeAgo } from '../../shared/TimeAgo.tsx';
import { notifyDone, notifyProblem } from '../../shared/notify.ts';
import { assignableRoles } from './assignable-roles.ts';

const useMembersChanged = (): (() => Promise<void>) => {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: [{ _id: listMembersQueryKey()[0]._id }] });
};

const RoleSelect = ({ member }: { member: Member }) => {
  const roles = assignableRoles(usePermission('owners:manage'));
  const membersChanged = useMembersChanged();
  const update = useMutation({
    ...updateMemberMutation(),
    onSuccess: async ({ user, role }) => {
      notifyDone(`${user.name} is ${role} now.`);
      await membersChanged();
    },
    onError: notifyProblem,
  });
  return (
    <Select
      aria-label={`Role of ${member.user.name}`}
      size="xs"
      w={130}
      data={roles}
      value={member.role}
      allowDeselect={false}
      disabled={update.isPending}
      onChange={(chosen) => {
        const role = roles.find((each) => each === chosen);
        if (role === undefined) return;
        update.mutate({ path: { memberId: member.id }, body: { role }, headers: { 'If-Match': '*' } });
      }}
    />
  );
};

interface ColumnsFor {
  myId: string;
  isEditable: (member: Member) => boolean;
  /** Given to those who may remove somebody. */
  onRemove?: (member: Member) => void;
}

const columnsFor = ({ myId, isEditable, onRemove }: ColumnsFor): Column<Member>[] => [
  { head: 'Name', wraps: true, bare: true, cell: ({ user }) => <Name user={user} isMe={user.id === myId} /> },
  { head: 'Role', cell: (member) => (isEditable(member) ? <RoleSelect member={member} /> : member.role) },
  { head: 'Joined', cell: ({ joinedAt }) => <TimeAgo time={joinedAt} size="sm" /> },
  { head: 'Last sign-in', cell: ({ lastLoginAt }) => <TimeAgo time={lastLoginAt} size="sm" /> },
  ...(onRemove === undefined
    ? []
    : [
        {
          head: 'Actions',
          bare: true,
          cell: (member: Member) =>
            isEditable(member) && (
              <Button
                size="xs"
                variant="default"
                onClick={() => onRemove(member)}
                aria-label={`Remove ${member.user.name}`}
              >
                Remove
              </Button>
            ),
        },
      ]),
];

const Name = ({ user, isMe }: { user: Member['user']; isMe: boolean }) => (
  <>
    <Text size="sm" fw={600}>
      {user.name}
      {isMe && ' (you)'}
    </Text>
    <Text size="xs" c="dimmed">
      {user.email}
    </Text>
  </>
);

export const MemberTable = ({ members, canManage }: { members: Member[]; canManage: boolean }) => {
  const { user: me } = useSession();
  const mayManageOwners = usePermission('owners:manage');
  const [removing, setRemoving] = useState<Member | null>(null);
  const membersChanged = useMembersChanged();
  const remove = useMutation({
    ...removeMemberMutation(),
    onSuccess: async () => {
      notifyDone('The member is removed.');
      await membersChanged();
    },
    onError: notifyProblem,
    onSettled: () => setRemoving(null),
  });
  const columns = columnsFor({
    myId: me.id,
    isEditable: ({ role }) => canManage && (role !== 'owner' || mayManageOwners),
    ...(canManage ? { onRemove: setRemoving } : {}),
  });
  return (
    <>
      <DataTable label="Members" columns={columns} rows={members} rowKey={({ id }) => id} />
      <ConfirmDialog
        opened={removing !== null}
        title="Remove this member?"
        confirm="Remove"
        loading={remove.isPending}
        onClose={() => setRemoving(null)}
        onConfirm={() => removing !== null && remove.mutate({ path: { memberId: removing.id } })}
      >
        <b>{removing?.user.name}</b> loses access to this organization at once. The account itself stays.
      </ConfirmDialog>
    </>
  );
};

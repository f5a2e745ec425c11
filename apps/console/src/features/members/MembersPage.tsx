import { Anchor, Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { listMembersInfiniteOptions } from '../../api/generated/@tanstack/react-query.gen.ts';
import { usePermission } from '../../session/use-session.ts';
import { LoadMore } from '../../shared/LoadMore.tsx';
import { PageHeader } from '../../shared/PageHeader.tsx';
import { QueryState } from '../../shared/QueryState.tsx';
import { itemsOf, nextPage } from '../../shared/paging.ts';
import { AddMemberDialog } from './AddMemberDialog.tsx';
import { Invitations } from './Invitations.tsx';
import { MemberTable } from './MemberTable.tsx';
import { RolesDialog } from './RolesDialog.tsx';

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
            <Invitations canManage={canManage} />
          </>
        )}
      </QueryState>
      {adding && <AddMemberDialog onClose={addDialog.close} />}
      {rolesShown && <RolesDialog onClose={rolesDialog.close} />}
    </>
  );
};

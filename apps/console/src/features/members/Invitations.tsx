import { Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import {
  listInvitationsInfiniteOptions,
  listInvitationsQueryKey,
  withdrawInvitationMutation,
} from '../../api/generated/@tanstack/react-query.gen.ts';
import { LoadMore } from '../../shared/LoadMore.tsx';
import { TimeAgo } from '../../shared/TimeAgo.tsx';
import { notifyProblem } from '../../shared/notify.ts';
import { itemsOf, nextPage } from '../../shared/paging.ts';

/** Who was invited and has not accepted yet; nothing where there is nobody. */
export const Invitations = ({ canManage }: { canManage: boolean }) => {
  const queryClient = useQueryClient();
  const query = useInfiniteQuery({ ...listInvitationsInfiniteOptions({ query: {} }), ...nextPage });
  const withdraw = useMutation({
    ...withdrawInvitationMutation(),
    onSettled: () => queryClient.invalidateQueries({ queryKey: [{ _id: listInvitationsQueryKey()[0]._id }] }),
    onError: notifyProblem,
  });
  const invitations = query.data === undefined ? [] : itemsOf(query.data);
  if (invitations.length === 0) return null;
  return (
    <Card withBorder component="section" aria-labelledby="invitations-title" mt="lg">
      <Title order={2} size="h4" id="invitations-title" mb="sm">
        Invited
      </Title>
      <Stack gap="xs">
        {invitations.map(({ id, email, role, createdAt }) => (
          <Group key={id} justify="space-between">
            <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
              <b>{email}</b> as {role}, <TimeAgo time={createdAt} size="sm" />
            </Text>
            {canManage && (
              <Button
                size="xs"
                variant="default"
                aria-label={`Withdraw the invitation of ${email}`}
                loading={withdraw.isPending && withdraw.variables.path.invitationId === id}
                onClick={() => withdraw.mutate({ path: { invitationId: id } })}
              >
                Withdraw
              </Button>
            )}
          </Group>
        ))}
        <LoadMore query={query} />
      </Stack>
    </Card>
  );
};

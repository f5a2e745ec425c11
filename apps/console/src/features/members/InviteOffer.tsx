import { Button, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { createInvitationMutation, listInvitationsQueryKey } from '../../api/generated/@tanstack/react-query.gen.ts';
import type { Role } from '../../api/generated/types.gen.ts';
import { CopyText } from '../../shared/CopyText.tsx';
import { Notice } from '../../shared/Notice.tsx';
import { ProblemAlert } from '../../shared/QueryState.tsx';
import { useIdempotencyKey } from '../../shared/idempotency-key.ts';

interface InviteOfferProps {
  email: string;
  role: Role;
  onDone: () => void;
}

/** For an address that has an account already: its user is asked, with a code that is handed over. */
export const InviteOffer = ({ email, role, onDone }: InviteOfferProps) => {
  const queryClient = useQueryClient();
  const idempotency = useIdempotencyKey();
  const invite = useMutation({
    ...createInvitationMutation(),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: [{ _id: listInvitationsQueryKey()[0]._id }] }),
    onError: idempotency.renew,
  });
  if (invite.data)
    return (
      <Stack>
        <Notice tone="warning">
          Hand over this code now: it will not be shown again. With it, {email} joins under “Account” within seven days.
        </Notice>
        <CopyText text={invite.data.code} label="Invitation code" />
        <Button onClick={onDone}>Done</Button>
      </Stack>
    );
  return (
    <Stack>
      {invite.isError && <ProblemAlert error={invite.error} />}
      <Notice tone="info" title="This person has an account">
        <Text size="sm">Nobody is added without having agreed. Invite {email}, and hand over a code.</Text>
      </Notice>
      <Button
        loading={invite.isPending}
        onClick={() => invite.mutate({ body: { email, role }, headers: idempotency.headers })}
      >
        Invite
      </Button>
    </Stack>
  );
};

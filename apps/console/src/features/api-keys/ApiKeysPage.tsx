import { Badge, Button, Code, Table } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  listApiKeysInfiniteOptions,
  listApiKeysQueryKey,
  revokeApiKeyMutation,
} from '../../api/generated/@tanstack/react-query.gen.ts';
import type { ApiKey } from '../../api/generated/types.gen.ts';
import { usePermission } from '../../session/use-session.ts';
import { ConfirmDialog } from '../../shared/ConfirmDialog.tsx';
import { EmptyState } from '../../shared/EmptyState.tsx';
import { LoadMore } from '../../shared/LoadMore.tsx';
import { PageHeader } from '../../shared/PageHeader.tsx';
import { QueryState } from '../../shared/QueryState.tsx';
import { TimeAgo } from '../../shared/TimeAgo.tsx';
import { notifyDone, notifyProblem } from '../../shared/notify.ts';
import { itemsOf, nextPage } from '../../shared/paging.ts';
import { CreateApiKeyDialog } from './CreateApiKeyDialog.tsx';

export const ApiKeysPage = () => {
  const canManage = usePermission('api-keys:manage');
  const [opened, dialog] = useDisclosure(false);
  const query = useInfiniteQuery({ ...listApiKeysInfiniteOptions({ query: {} }), ...nextPage });
  const create = canManage && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={dialog.open}>
      Create API key
    </Button>
  );
  return (
    <>
      <PageHeader
        title="API keys"
        description="For pipelines and programs. A key is shown once and stored as a hash."
        actions={create}
      />
      <QueryState query={query} what="API keys">
        {(data) => {
          const keys = itemsOf(data);
          if (keys.length === 0)
            return (
              <EmptyState title="No API keys yet" action={create}>
                Create one to call the API from a pipeline: Authorization: Bearer plim_…
              </EmptyState>
            );
          return (
            <>
              <ApiKeyTable keys={keys} canManage={canManage} />
              <LoadMore query={query} />
            </>
          );
        }}
      </QueryState>
      {opened && <CreateApiKeyDialog onClose={dialog.close} />}
    </>
  );
};

const stateOf = ({ revokedAt, expiresAt }: ApiKey): 'revoked' | 'expired' | 'active' => {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && Date.parse(expiresAt) < Date.now() ? 'expired' : 'active';
};

const ApiKeyTable = ({ keys, canManage }: { keys: ApiKey[]; canManage: boolean }) => {
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const queryClient = useQueryClient();
  const revoke = useMutation({
    ...revokeApiKeyMutation(),
    onSuccess: async () => {
      notifyDone('The key opens nothing from now on.');
      setRevoking(null);
      await queryClient.invalidateQueries({ queryKey: [{ _id: listApiKeysQueryKey()[0]._id }] });
    },
    onError: notifyProblem,
  });
  return (
    <Table.ScrollContainer minWidth={720} type="native">
      <Table verticalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>Key</Table.Th>
            <Table.Th>Role</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th>Created</Table.Th>
            <Table.Th>Last used</Table.Th>
            <Table.Th>Expires</Table.Th>
            {canManage && <Table.Th aria-label="Actions" />}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {keys.map((key) => (
            <Table.Tr key={key.id}>
              <Table.Td>{key.name}</Table.Td>
              <Table.Td>
                <Code>{key.prefix}…</Code>
              </Table.Td>
              <Table.Td>{key.role}</Table.Td>
              <Table.Td>
                <Badge color={stateOf(key) === 'active' ? 'teal.9' : 'gray.7'} radius="sm">
                  {stateOf(key)}
                </Badge>
              </Table.Td>
              <Table.Td>
                <TimeAgo time={key.createdAt} size="sm" /> {key.createdBy !== null && `by ${key.createdBy}`}
              </Table.Td>
              <Table.Td>
                <TimeAgo time={key.lastUsedAt} size="sm" />
              </Table.Td>
              <Table.Td>
                <TimeAgo time={key.expiresAt} size="sm" />
              </Table.Td>
              {canManage && (
                <Table.Td ta="right">
                  {key.revokedAt === null && (
                    <Button
                      size="xs"
                      variant="default"
                      onClick={() => setRevoking(key)}
                      aria-label={`Revoke ${key.name}`}
                    >
                      Revoke
                    </Button>
                  )}
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <ConfirmDialog
        opened={revoking !== null}
        title="Revoke this key?"
        confirm="Revoke"
        loading={revoke.isPending}
        onClose={() => setRevoking(null)}
        onConfirm={() => revoking !== null && revoke.mutate({ path: { apiKeyId: revoking.id } })}
      >
        Whatever uses <b>{revoking?.name}</b> is refused at once. This can not be undone.
      </ConfirmDialog>
    </Table.ScrollContainer>
  );
};

import { Button, Code, Text } from '@mantine/core';
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
import { type Column, DataTable } from '../../shared/DataTable.tsx';
import { EmptyState } from '../../shared/EmptyState.tsx';
import { LoadMore } from '../../shared/LoadMore.tsx';
import { PageHeader } from '../../shared/PageHeader.tsx';
import { QueryState } from '../../shared/QueryState.tsx';
import { StateBadge } from '../../shared/StateBadge.tsx';
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

const columns: readonly Column<ApiKey>[] = [
  { head: 'Name', wraps: true, bare: true, cell: ({ name }) => <Text fw={600}>{name}</Text> },
  { head: 'Key', cell: ({ prefix }) => <Code>{prefix}…</Code> },
  { head: 'Role', cell: ({ role }) => role },
  {
    head: 'State',
    cell: (key) => <StateBadge tone={stateOf(key) === 'active' ? 'good' : 'neutral'}>{stateOf(key)}</StateBadge>,
  },
  {
    head: 'Created',
    wraps: true,
    cell: ({ createdAt, createdBy }) => (
      <Text size="sm">
        <TimeAgo time={createdAt} size="sm" /> {createdBy !== null && `by ${createdBy}`}
      </Text>
    ),
  },
  { head: 'Last used', cell: ({ lastUsedAt }) => <TimeAgo time={lastUsedAt} size="sm" /> },
  { head: 'Expires', cell: ({ expiresAt }) => <TimeAgo time={expiresAt} size="sm" /> },
];

const actions = (onRevoke: (key: ApiKey) => void): Column<ApiKey> => ({
  head: 'Actions',
  bare: true,
  cell: (key) =>
    key.revokedAt === null && (
      <Button size="xs" variant="default" onClick={() => onRevoke(key)} aria-label={`Revoke ${key.name}`}>
        Revoke
      </Button>
    ),
});

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
    <>
      <DataTable
        label="API keys"
        columns={canManage ? [...columns, actions(setRevoking)] : columns}
        rows={keys}
        rowKey={({ id }) => id}
      />
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
    </>
  );
};

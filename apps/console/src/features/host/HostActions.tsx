import { ActionIcon, Button, Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDots, IconRadar } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import {
  deleteHostMutation,
  getHostQueryKey,
  judgeHostAgainMutation,
  listHostScansQueryKey,
  startScanMutation,
  testHostConnectionMutation,
} from '../../api/generated/@tanstack/react-query.gen.ts';
import type { Host } from '../../api/generated/types.gen.ts';
import { usePermission } from '../../session/use-session.ts';
import { ConfirmDialog } from '../../shared/ConfirmDialog.tsx';
import { newIdempotencyKey } from '../../shared/idempotency-key.ts';
import { notifyDone, notifyProblem } from '../../shared/notify.ts';
import { EditHostDialog } from './EditHostDialog.tsx';

export const HostActions = ({ host, scanning }: { host: Host; scanning: boolean }) => {
  const may = {
    scan: usePermission('scans:start'),
    test: usePermission('hosts:test'),
    manage: usePermission('hosts:manage'),
  };
  const [editing, edit] = useDisclosure(false);
  const [deleting, deletion] = useDisclosure(false);
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const path = { hostId: host.id };
  const scan = useMutation({
    ...startScanMutation(),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: [{ _id: listHostScansQueryKey({ path })[0]._id }] }),
    onError: notifyProblem,
  });
  const judge = useMutation({
    ...judgeHostAgainMutation(),
    onSuccess: async () => {
      notifyDone('What the last scan saw is judged again, with no contact to the host.');
      await queryClient.invalidateQueries({ queryKey: [{ _id: listHostScansQueryKey({ path })[0]._id }] });
    },
    onError: notifyProblem,
  });
  const test = useMutation({
    ...testHostConnectionMutation(),
    onSuccess: async (result) => {
      if (result.ok) notifyDone(result.detail);
      else
        notifyProblem({
          type: 'connection-test',
          status: 0,
          title: result.title,
          detail: `${result.detail} ${result.nextStep ?? ''}`,
        });
      await queryClient.invalidateQueries({ queryKey: getHostQueryKey({ path }) });
    },
    onError: notifyProblem,
  });
  const remove = useMutation({ ...deleteHostMutation(), onSuccess: () => navigate('/hosts'), onError: notifyProblem });
  return (
    <>
      {may.scan && (
        <Button
          leftSection={<IconRadar size={16} aria-hidden />}
          loading={scan.isPending}
          disabled={scanning}
          onClick={() => scan.mutate({ path, body: {}, headers: { 'Idempotency-Key': newIdempotencyKey() } })}
        >
          Scan now
        </Button>
      )}
      {(may.test || may.manage || may.scan) && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="default" size="lg" aria-label="More actions" loading={test.isPending}>
              <IconDots size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {may.test && <Menu.Item onClick={() => test.mutate({ path })}>Test the connection</Menu.Item>}
            {may.scan && (
              <Menu.Item
                disabled={scanning}
                onClick={() => judge.mutate({ path, body: {}, headers: { 'Idempotency-Key': newIdempotencyKey() } })}
              >
                Judge the last scan again
              </Menu.Item>
            )}
            {may.manage && <Menu.Item onClick={edit.open}>Change</Menu.Item>}
            {may.manage && (
              <Menu.Item color="red" onClick={deletion.open}>
                Delete
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      )}
      {editing && <EditHostDialog host={host} onClose={edit.close} />}
      <ConfirmDialog
        opened={deleting}
        title="Delete this host?"
        confirm="Delete"
        loading={remove.isPending}
        onClose={deletion.close}
        onConfirm={() => remove.mutate({ path })}
      >
        <b>{host.name}</b> goes with its scans, findings, snapshots and credential. This can not be undone. Nothing
        changes on the host itself.
      </ConfirmDialog>
    </>
  );
};

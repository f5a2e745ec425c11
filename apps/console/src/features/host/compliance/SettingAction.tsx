import { Anchor, Button, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from 'react-router';
import {
  getHostQueryKey,
  listHostScansQueryKey,
  startScanMutation,
  updateHostMutation,
} from '../../../api/generated/@tanstack/react-query.gen.ts';
import type { Host, SettingHint } from '../../../api/generated/types.gen.ts';
import { usePermission } from '../../../session/use-session.ts';
import { ConfirmDialog } from '../../../shared/ConfirmDialog.tsx';
import { newIdempotencyKey } from '../../../shared/idempotency-key.ts';
import { notifyDone, notifyProblem } from '../../../shared/notify.ts';

interface SettingActionProps {
  setting: SettingHint;
  host: Host;
  /** The check that could not tell; left out where it is about several. */
  check?: string | undefined;
}

/** One click to whatever would let checks tell the next time; what the role does not permit is said in words. */
export const SettingAction = ({ setting, host, check }: SettingActionProps) => {
  switch (setting) {
    case 'inspectHostFiles':
      return <ReadHostFiles host={host} />;
    case 'processLists':
      return <ReadProcessLists host={host} />;
    case 'scan':
      return <ScanAgain host={host} />;
    case 'answer':
      return <Way to={`/hosts/${host.id}?tab=questions`}>Answer the questions</Way>;
    case 'parameters':
      return <Way to={check === undefined ? '/checks' : `/checks?check=${check}`}>Adjust the check</Way>;
    case 'registerHost':
      return <Way to="/hosts/new">Register the host that knows</Way>;
    case 'gate':
      return (
        <Text size="sm">The proxy or authorization plugin in front of the engine has to let these requests pass.</Text>
      );
    default:
      return setting satisfies never;
  }
};

const Way = ({ to, children }: { to: string; children: string }) => (
  <Anchor component={Link} to={to} size="sm" underline="always">
    {children}
  </Anchor>
);

const useScan = (host: Host) => {
  const queryClient = useQueryClient();
  const path = { hostId: host.id };
  return useMutation({
    ...startScanMutation(),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: [{ _id: listHostScansQueryKey({ path })[0]._id }] }),
    onError: notifyProblem,
  });
};

/** Changes a setting of the host and scans at once, since nothing is seen before. */
const useSetting = (host: Host, done: () => void) => {
  const queryClient = useQueryClient();
  const scan = useScan(host);
  const path = { hostId: host.id };
  return useMutation({
    ...updateHostMutation(),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: getHostQueryKey({ path }) });
      done();
      notifyDone('Switched on. A scan reads it now.');
      scan.mutate({ path, body: {}, headers: { 'Idempotency-Key': newIdempotencyKey() } });
    },
    onError: (error) => {
      done();
      notifyProblem(error);
    },
  });
};

const ReadHostFiles = ({ host }: { host: Host }) => {
  const [asking, dialog] = useDisclosure(false);
  const mayManage = usePermission('hosts:manage');
  const may = usePermission('hosts:inspect-files') && mayManage;
  const setting = useSetting(host, dialog.close);
  if (host.inspectHostFiles)
    return <Text size="sm">Reading host files is switched on; the scan tells what it saw.</Text>;
  if (!may) return <Text size="sm">Somebody with the permission hosts:inspect-files can switch on host files.</Text>;
  return (
    <>
      <Button size="xs" variant="default" onClick={dialog.open}>
        Read host files
      </Button>
      <ConfirmDialog
        opened={asking}
        title="Read files of this host?"
        confirm="Switch on and scan"
        loading={setting.isPending}
        onClose={dialog.close}
        onConfirm={() =>
          setting.mutate({
            path: { hostId: host.id },
            body: { inspectHostFiles: true },
            headers: { 'If-Match': `"${host.version}"` },
          })
        }
      >
        Each scan of <b>{host.name}</b> then creates one container that is never started, with read-only mounts and no
        network, reads the few configuration files that checks need, and removes it. Private keys and password files are
        never read. Every use is in the audit log, and it can be switched off at any time.
      </ConfirmDialog>
    </>
  );
};

const ReadProcessLists = ({ host }: { host: Host }) => {
  const may = usePermission('hosts:manage');
  const setting = useSetting(host, () => undefined);
  if (host.processLists) return <Text size="sm">Process lists are asked for; the scan tells what it saw.</Text>;
  if (!may) return <Text size="sm">Somebody with the permission hosts:manage can switch on process lists.</Text>;
  return (
    <Button
      size="xs"
      variant="default"
      loading={setting.isPending}
      onClick={() =>
        setting.mutate({
          path: { hostId: host.id },
          body: { processLists: true },
          headers: { 'If-Match': `"${host.version}"` },
        })
      }
    >
      Ask for process lists
    </Button>
  );
};

const ScanAgain = ({ host }: { host: Host }) => {
  const may = usePermission('scans:start');
  const scan = useScan(host);
  if (!may) return <Text size="sm">Somebody with the permission scans:start can scan again.</Text>;
  return (
    <Button
      size="xs"
      variant="default"
      loading={scan.isPending}
      onClick={() =>
        scan.mutate({ path: { hostId: host.id }, body: {}, headers: { 'Idempotency-Key': newIdempotencyKey() } })
      }
    >
      Scan again
    </Button>
  );
};

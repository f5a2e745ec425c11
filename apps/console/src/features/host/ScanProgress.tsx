import { Button, Card, Group, Progress, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { cancelScanMutation } from '../../api/generated/@tanstack/react-query.gen.ts';
import type { Scan } from '../../api/generated/types.gen.ts';
import { usePermission } from '../../session/use-session.ts';
import { notifyProblem } from '../../shared/notify.ts';
import { useScanEvents } from './useScanEvents.ts';

export const ScanProgress = ({ scan }: { scan: Scan }) => {
  const event = useScanEvents(scan);
  const canCancel = usePermission('scans:start');
  const cancel = useMutation({ ...cancelScanMutation(), onError: notifyProblem });
  const percent = event?.percent ?? scan.progress.percent;
  const step = event?.step ?? scan.progress.step;
  return (
    <Card withBorder component="section" aria-label="Scan under way">
      <Group justify="space-between" mb="xs">
        <Text size="sm" aria-live="polite">
          Scanning: {step}
        </Text>
        {canCancel && (
          <Button
            size="xs"
            variant="default"
            loading={cancel.isPending || cancel.isSuccess}
            onClick={() => cancel.mutate({ path: { scanId: scan.id } })}
          >
            Cancel scan
          </Button>
        )}
      </Group>
      <Progress value={percent} animated aria-label={`Scan ${percent} percent done`} />
    </Card>
  );
};

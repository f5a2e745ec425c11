import { Alert, Text } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import type { Reachability } from '../../api/generated/types.gen.ts';
import { TimeAgo } from '../../shared/TimeAgo.tsx';

export const UnreachableAlert = ({ reachability }: { reachability: Reachability }) => {
  if (reachability.state !== 'unreachable') return null;
  return (
    <Alert
      color="red"
      variant="light"
      icon={<IconPlugConnectedX />}
      title={`This host can not be reached: ${(reachability.reason ?? 'unknown reason').replaceAll('-', ' ')}`}
    >
      <Text size="sm">{reachability.detail}</Text>
      {reachability.nextStep !== null && (
        <Text size="sm" fw={600}>
          {reachability.nextStep}
        </Text>
      )}
      <Text size="xs" c="dimmed">
        Tried <TimeAgo time={reachability.checkedAt} size="xs" />. What is shown below comes from the last scan that
        worked.
      </Text>
    </Alert>
  );
};

import { Badge, Tooltip } from '@mantine/core';

/** The sample host is no machine, and says so wherever it is shown. */
export const SimulatedBadge = () => (
  <Tooltip label="A recorded daemon, not a real machine">
    <Badge variant="default" radius="sm" tt="none" style={{ flexShrink: 0 }}>
      simulated
    </Badge>
  </Tooltip>
);

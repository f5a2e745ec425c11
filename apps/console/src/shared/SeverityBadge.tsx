import { Badge, Group, Text } from '@mantine/core';
import { severityColour } from '../app/theme.ts';
import type { Severity, SeverityCounts } from '../api/generated/types.gen.ts';

export const SeverityBadge = ({ severity }: { severity: Severity }) => (
  <Badge color={severityColour[severity]} variant="filled" radius="sm" tt="capitalize" w={76} style={{ flexShrink: 0 }}>
    {severity}
  </Badge>
);

const order: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

/** How many of each severity, worst first; zeros are left out. */
export const SeverityCountsLine = ({ counts }: { counts: SeverityCounts }) => {
  const present = order.filter((severity) => counts[severity] > 0);
  if (present.length === 0)
    return (
      <Text size="sm" c="dimmed">
        No open findings
      </Text>
    );
  return (
    <Group gap={4}>
      {present.map((severity) => (
        <Badge key={severity} color={severityColour[severity]} variant="filled" radius="sm" size="sm" tt="none">
          {counts[severity]} {severity}
        </Badge>
      ))}
    </Group>
  );
};

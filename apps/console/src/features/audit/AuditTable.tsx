import { Code, Stack, Text } from '@mantine/core';
import type { AuditEvent } from '../../api/generated/types.gen.ts';
import { type Column, DataTable } from '../../shared/DataTable.tsx';
import { StateBadge } from '../../shared/StateBadge.tsx';
import { TimeAgo } from '../../shared/TimeAgo.tsx';
import { detailLines } from './audit-details.ts';

const tones: Record<AuditEvent['outcome'], 'good' | 'bad' | 'warning'> = {
  success: 'good',
  failure: 'bad',
  refused: 'warning',
};

const What = ({ event }: { event: AuditEvent }) => (
  <Stack gap={2} align="flex-start">
    <Code>{event.action}</Code>
    {detailLines(event.details).map((line) => (
      <Text key={line} size="xs" c="dimmed">
        {line}
      </Text>
    ))}
  </Stack>
);

const columns: readonly Column<AuditEvent>[] = [
  { head: '#', cell: ({ sequence }) => sequence },
  { head: 'When', cell: ({ at }) => <TimeAgo time={at} size="sm" /> },
  {
    head: 'Who',
    wraps: true,
    cell: ({ actor }) => (
      <>
        <Text size="sm">{actor.name}</Text>
        <Text size="xs" c="dimmed">
          {actor.kind}
        </Text>
      </>
    ),
  },
  { head: 'What', wraps: true, cell: (event) => <What event={event} /> },
  { head: 'On', wraps: true, cell: ({ subject }) => subject.name ?? subject.kind },
  { head: 'Outcome', cell: ({ outcome }) => <StateBadge tone={tones[outcome]}>{outcome}</StateBadge> },
  { head: 'From', cell: ({ address }) => address ?? '–' },
];

export const AuditTable = ({ events }: { events: AuditEvent[] }) => (
  <DataTable label="Audit events" columns={columns} rows={events} rowKey={({ id }) => id} />
);

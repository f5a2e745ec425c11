import { Badge, Button, Code, Group, Select, Stack, Table, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconShieldCheck } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { listAuditEventsInfiniteOptions } from '../../api/generated/@tanstack/react-query.gen.ts';
import { verifyAuditEvents } from '../../api/generated/sdk.gen.ts';
import type { AuditEvent } from '../../api/generated/types.gen.ts';
import { EmptyState } from '../../shared/EmptyState.tsx';
import { LoadMore } from '../../shared/LoadMore.tsx';
import { PageHeader } from '../../shared/PageHeader.tsx';
import { QueryState } from '../../shared/QueryState.tsx';
import { TimeAgo } from '../../shared/TimeAgo.tsx';
import { notifyDone, notifyProblem } from '../../shared/notify.ts';
import { itemsOf, nextPage } from '../../shared/paging.ts';

const outcomes: readonly AuditEvent['outcome'][] = ['success', 'failure', 'refused'];
const outcomeColour: Record<AuditEvent['outcome'], string> = {
  success: 'teal.9',
  failure: 'red.9',
  refused: 'orange.9',
};

/** The filters live in the URL, so that a view can be shared. */
const useFilters = () => {
  const [parameters, setParameters] = useSearchParams();
  const wanted = parameters.get('outcome');
  const set = (name: string, value: string | null): void =>
    setParameters(
      (before) => {
        if (value) before.set(name, value);
        else before.delete(name);
        return before;
      },
      { replace: true },
    );
  return { action: parameters.get('action') ?? '', outcome: outcomes.find((each) => each === wanted), set };
};

export const AuditPage = () => {
  const { action, outcome, set } = useFilters();
  const setAction = useDebouncedCallback((value: string) => set('action', value.trim()), 300);
  const query = useInfiniteQuery({
    ...listAuditEventsInfiniteOptions({
      query: { ...(action === '' ? {} : { action }), ...(outcome === undefined ? {} : { outcome }) },
    }),
    ...nextPage,
  });
  return (
    <>
      <PageHeader
        title="Audit log"
        description="Every change, every sign-in and every refused attempt, each chained to the one before."
        actions={<VerifyButton />}
      />
      <Group mb="md" align="flex-end">
        <TextInput
          label="Action"
          placeholder="host.created"
          defaultValue={action}
          onChange={(event) => setAction(event.currentTarget.value)}
        />
        <Select
          label="Outcome"
          placeholder="any"
          clearable
          data={[...outcomes]}
          value={outcome ?? null}
          onChange={(value) => set('outcome', value)}
        />
      </Group>
      <QueryState query={query} what="the audit log">
        {(data) => {
          const events = itemsOf(data);
          if (events.length === 0)
            return <EmptyState title="Nothing to see">No event matches these filters.</EmptyState>;
          return (
            <>
              <AuditTable events={events} />
              <LoadMore query={query} />
            </>
          );
        }}
      </QueryState>
    </>
  );
};

const VerifyButton = () => {
  const verify = useMutation({
    mutationFn: () => verifyAuditEvents({ throwOnError: true }),
    onSuccess: ({ data }) => {
      if (data.intact) notifyDone(`All ${data.events} events are in order and unchanged.`);
      else
        notifyProblem({
          type: 'audit',
          status: 0,
          title: 'The log was changed',
          detail: `Event ${data.firstBroken?.sequence}: ${data.firstBroken?.reason}`,
        });
    },
    onError: notifyProblem,
  });
  return (
    <Button
      variant="default"
      leftSection={<IconShieldCheck size={16} aria-hidden />}
      loading={verify.isPending}
      onClick={() => verify.mutate()}
    >
      Verify the chain
    </Button>
  );
};

const AuditTable = ({ events }: { events: AuditEvent[] }) => (
  <Table.ScrollContainer minWidth={760} type="native">
    <Table verticalSpacing="xs">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>#</Table.Th>
          <Table.Th>When</Table.Th>
          <Table.Th>Who</Table.Th>
          <Table.Th>What</Table.Th>
          <Table.Th>On</Table.Th>
          <Table.Th>Outcome</Table.Th>
          <Table.Th>From</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {events.map((event) => (
          <Table.Tr key={event.id}>
            <Table.Td>{event.sequence}</Table.Td>
            <Table.Td style={{ whiteSpace: 'nowrap' }}>
              <TimeAgo time={event.at} size="sm" />
            </Table.Td>
            <Table.Td>
              <Text size="sm">{event.actor.name}</Text>
              <Text size="xs" c="dimmed">
                {event.actor.kind}
              </Text>
            </Table.Td>
            <Table.Td>
              <Code>{event.action}</Code>
              <Details details={event.details} />
            </Table.Td>
            <Table.Td>{event.subject.name ?? event.subject.kind}</Table.Td>
            <Table.Td>
              <Badge color={outcomeColour[event.outcome]} radius="sm">
                {event.outcome}
              </Badge>
            </Table.Td>
            <Table.Td>{event.address ?? '–'}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  </Table.ScrollContainer>
);

const Details = ({ details }: { details: AuditEvent['details'] }) => {
  const entries = Object.entries(details);
  if (entries.length === 0) return null;
  return (
    <Stack gap={0} mt={4}>
      {entries.map(([name, value]) => (
        <Text key={name} size="xs" c="dimmed">
          {name}: {typeof value === 'string' ? value : JSON.stringify(value)}
        </Text>
      ))}
    </Stack>
  );
};

import { Button, Select } from '@mantine/core';
import { IconShieldCheck } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { listAuditEventsInfiniteOptions } from '../../api/generated/@tanstack/react-query.gen.ts';
import { verifyAuditEvents } from '../../api/generated/sdk.gen.ts';
import type { AuditEvent } from '../../api/generated/types.gen.ts';
import { EmptyState } from '../../shared/EmptyState.tsx';
import { FilterBar } from '../../shared/FilterBar.tsx';
import { FilterField } from '../../shared/FilterField.tsx';
import { LoadMore } from '../../shared/LoadMore.tsx';
import { PageHeader } from '../../shared/PageHeader.tsx';
import { QueryState } from '../../shared/QueryState.tsx';
import { notifyDone, notifyProblem } from '../../shared/notify.ts';
import { itemsOf, nextPage } from '../../shared/paging.ts';
import { useUrlFilters } from '../../shared/url-filters.ts';
import { AuditTable } from './AuditTable.tsx';

const outcomes: readonly AuditEvent['outcome'][] = ['success', 'failure', 'refused'];

export const AuditPage = () => {
  const { text, oneOf, set } = useUrlFilters();
  const action = text('action');
  const outcome = oneOf('outcome', outcomes);
  const query = useInfiniteQuery({
    ...listAuditEventsInfiniteOptions({ query: { action, ...(outcome === undefined ? {} : { outcome }) } }),
    ...nextPage,
  });
  return (
    <>
      <PageHeader
        title="Audit log"
        description="Every change, every sign-in and every refused attempt, each chained to the one before."
        actions={<VerifyButton />}
      />
      <FilterBar>
        <FilterField
          label="Action"
          placeholder="host.created"
          value={action}
          onChange={(value) => set('action', value)}
        />
        <Select
          label="Outcome"
          placeholder="any"
          clearable
          data={[...outcomes]}
          value={outcome ?? null}
          onChange={(value) => set('outcome', value)}
        />
      </FilterBar>
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

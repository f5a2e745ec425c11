import { Stack, Text, Title } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { listScanResultsOptions } from '../../../api/generated/@tanstack/react-query.gen.ts';
import type { CheckResult } from '../../../api/generated/types.gen.ts';
import { QueryState } from '../../../shared/QueryState.tsx';
import { SeverityBadge } from '../../../shared/SeverityBadge.tsx';
import { StateBadge } from '../../../shared/StateBadge.tsx';

const versionChecks = ['known-vulnerability', 'end-of-life-component', 'engine-supported-release'];

/** What is known against the versions that run here, and what nobody could tell. */
export const KnownFlaws = ({ scanId }: { scanId: string }) => {
  const query = useQueries({
    queries: versionChecks.map((check) => listScanResultsOptions({ path: { scanId }, query: { check, limit: 200 } })),
    combine: (results) => ({
      data: results.every(({ data }) => data !== undefined)
        ? results.flatMap(({ data }) => data?.items ?? [])
        : undefined,
      error: results.find(({ error }) => error !== null)?.error ?? null,
      isPending: results.some(({ isPending }) => isPending),
      refetch: () => Promise.all(results.map(({ refetch }) => refetch())),
    }),
  });
  return (
    <section aria-labelledby="flaws-title">
      <Title order={2} size="h5" mb="xs" id="flaws-title">
        Known flaws of these versions
      </Title>
      <QueryState query={query} what="known flaws">
        {(results) => {
          const worth = results.filter(({ outcome }) => outcome === 'fail' || outcome === 'unknown');
          if (results.length === 0) return <Text size="sm">The last scan did not judge these versions.</Text>;
          if (worth.length === 0)
            return <Text size="sm">None is known that can be reached here, and all are still maintained.</Text>;
          return (
            <Stack gap="sm">
              {worth.map((result) => (
                <Flaw key={`${result.check}/${result.subject.name}`} result={result} />
              ))}
            </Stack>
          );
        }}
      </QueryState>
    </section>
  );
};

const Flaw = ({ result: { outcome, severity, subject, reason, wouldTell } }: { result: CheckResult }) => (
  <div>
    {outcome === 'fail' ? (
      <SeverityBadge severity={severity} />
    ) : (
      <StateBadge tone="neutral">could not tell</StateBadge>
    )}
    <Text size="sm" fw={600} mt={4}>
      {subject.name}
    </Text>
    <Text size="sm">{reason}</Text>
    {wouldTell !== null && (
      <Text size="sm" c="dimmed">
        What would tell: {wouldTell}
      </Text>
    )}
  </div>
);

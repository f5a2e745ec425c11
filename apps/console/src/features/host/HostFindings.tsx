import { Accordion, Alert, Anchor, Group, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  getScanOptions,
  getScanResultsOptions,
  listFindingsInfiniteOptions,
} from '../../api/generated/@tanstack/react-query.gen.ts';
import type { Finding } from '../../api/generated/types.gen.ts';
import { EmptyState } from '../../shared/EmptyState.tsx';
import { LoadMore } from '../../shared/LoadMore.tsx';
import { QueryState } from '../../shared/QueryState.tsx';
import { itemsOf, nextPage } from '../../shared/paging.ts';
import { FindingItem } from '../findings/FindingItem.tsx';
import { themeLabel } from '../findings/vocabulary.ts';

/** Open findings of a host, by severity or by theme, and what could not be told. */
export const HostFindings = ({ hostId, lastScanId }: { hostId: string; lastScanId: string | null }) => {
  const [grouping, setGrouping] = useState<'severity' | 'theme'>('severity');
  const query = useInfiniteQuery({
    ...listFindingsInfiniteOptions({ query: { hostId, status: 'open', limit: 200 } }),
    ...nextPage,
  });
  return (
    <Stack>
      {lastScanId !== null && <MissingParts scanId={lastScanId} />}
      <Group>
        <SegmentedControl
          aria-label="Group findings"
          value={grouping}
          onChange={(value) => setGrouping(value === 'theme' ? 'theme' : 'severity')}
          data={[
            { value: 'severity', label: 'Worst first' },
            { value: 'theme', label: 'By theme' },
          ]}
        />
      </Group>
      <QueryState query={query} what="findings">
        {(data) => {
          const findings = itemsOf(data);
          if (findings.length === 0)
            return (
              <EmptyState title="Nothing open">
                {lastScanId === null ? 'This host was not scanned yet.' : 'The last scan found no problem.'}
              </EmptyState>
            );
          return (
            <>
              {grouping === 'severity' ? <FindingList findings={findings} /> : <FindingsByTheme findings={findings} />}
              <LoadMore query={query} />
            </>
          );
        }}
      </QueryState>
      {lastScanId !== null && <CouldNotTell scanId={lastScanId} />}
    </Stack>
  );
};

const FindingList = ({ findings }: { findings: Finding[] }) => (
  <Accordion variant="separated">
    {findings.map((finding) => (
      <FindingItem key={finding.id} finding={finding} />
    ))}
  </Accordion>
);

const FindingsByTheme = ({ findings }: { findings: Finding[] }) => (
  <Stack>
    {[...Map.groupBy(findings, ({ theme }) => theme)].map(([theme, ofTheme]) => (
      <section key={theme} aria-labelledby={`theme-${theme}`}>
        <Title order={2} size="h5" mb="xs" id={`theme-${theme}`}>
          {themeLabel(theme)} ({ofTheme.length})
        </Title>
        <FindingList findings={ofTheme} />
      </section>
    ))}
  </Stack>
);

/** A scan in part says which parts were missing: what depends on them was not judged. */
const MissingParts = ({ scanId }: { scanId: string }) => {
  const { data } = useQuery(getScanOptions({ path: { scanId } }));
  if (data === undefined || data.missingParts.length === 0) return null;
  return (
    <Alert color="yellow" variant="light" title="The last scan saw only a part of this host">
      {data.missingParts.map(({ part, reason, detail }) => (
        <Text size="sm" key={part}>
          {part}: {reason}. {detail}
        </Text>
      ))}
    </Alert>
  );
};

const CouldNotTell = ({ scanId }: { scanId: string }) => {
  const [shown, setShown] = useState(false);
  const query = useQuery({
    ...getScanResultsOptions({ path: { scanId }, query: { outcome: 'unknown' } }),
    enabled: shown,
  });
  if (!shown)
    return (
      <Anchor component="button" type="button" size="sm" onClick={() => setShown(true)}>
        What could not be told, and why
      </Anchor>
    );
  return (
    <section aria-labelledby="unknown-title">
      <Title order={2} size="h5" mb="xs" id="unknown-title">
        What could not be told
      </Title>
      <QueryState query={query} what="what could not be told">
        {({ results }) =>
          results.length === 0 ? (
            <Text size="sm">Every check could tell.</Text>
          ) : (
            <Stack gap="xs">
              {results.map((result) => (
                <div key={`${result.check}/${result.subject.name}`}>
                  <Text size="sm" fw={600}>
                    {result.title} ({result.subject.kind} {result.subject.name})
                  </Text>
                  <Text size="sm">{result.reason}</Text>
                  {result.wouldTell !== null && (
                    <Text size="sm" c="dimmed">
                      What would tell: {result.wouldTell}
                    </Text>
                  )}
                </div>
              ))}
            </Stack>
          )
        }
      </QueryState>
    </section>
  );
};

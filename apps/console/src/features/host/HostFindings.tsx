import { Accordion, Button, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  listScanResultsInfiniteOptions,
  listFindingsInfiniteOptions,
} from '../../api/generated/@tanstack/react-query.gen.ts';
import type { Finding, Host, Scan } from '../../api/generated/types.gen.ts';
import { EmptyState } from '../../shared/EmptyState.tsx';
import { LoadMore } from '../../shared/LoadMore.tsx';
import { Notice } from '../../shared/Notice.tsx';
import { QueryState } from '../../shared/QueryState.tsx';
import { itemsOf, nextPage } from '../../shared/paging.ts';
import { FindingItem } from '../findings/FindingItem.tsx';
import { themeLabel } from '../findings/vocabulary.ts';
import { useLastJudgedScan } from './useLastJudgedScan.ts';

/** Open findings of a host, by severity or by theme, and what could not be told. */
export const HostFindings = ({ host }: { host: Host }) => {
  const { id: hostId, lastScanId, score } = host;
  const judged = useLastJudgedScan(host);
  const [grouping, setGrouping] = useState<'severity' | 'theme'>('severity');
  const query = useInfiniteQuery({
    ...listFindingsInfiniteOptions({ query: { hostId, status: 'open', limit: 200 } }),
    ...nextPage,
  });
  return (
    <Stack>
      {judged !== undefined && <MissingParts scan={judged} />}
      {score !== null && (
        <SegmentedControl
          style={{ alignSelf: 'flex-start' }}
          aria-label="Group findings"
          value={grouping}
          onChange={(value) => setGrouping(value === 'theme' ? 'theme' : 'severity')}
          data={[
            { value: 'severity', label: 'Worst first' },
            { value: 'theme', label: 'By theme' },
          ]}
        />
      )}
      <QueryState query={query} what="findings">
        {(data) => {
          const findings = itemsOf(data);
          if (findings.length === 0)
            return score === null ? (
              <EmptyState title="Not scanned yet">
                {lastScanId === null
                  ? 'Start a scan to see what is wrong on this host.'
                  : 'No scan of this host has worked so far: the tab Scans tells why.'}
              </EmptyState>
            ) : (
              <EmptyState title="Nothing open">The last scan found no problem.</EmptyState>
            );
          return (
            <>
              {grouping === 'severity' ? (
                <FindingList findings={findings} order={2} />
              ) : (
                <FindingsByTheme findings={findings} />
              )}
              <LoadMore query={query} />
            </>
          );
        }}
      </QueryState>
      {judged !== undefined && <CouldNotTell scanId={judged.id} />}
    </Stack>
  );
};

const FindingList = ({ findings, order }: { findings: Finding[]; order: 2 | 3 }) => (
  <Accordion variant="separated" order={order}>
    {findings.map((finding) => (
      <FindingItem key={finding.id} finding={finding} headingOrder={order === 2 ? 3 : 4} />
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
        <FindingList findings={ofTheme} order={3} />
      </section>
    ))}
  </Stack>
);

/** A scan in part says which parts were missing: what depends on them was not judged. */
const MissingParts = ({ scan: { missingParts } }: { scan: Scan }) => {
  if (missingParts.length === 0) return null;
  return (
    <Notice tone="warning" title="The last scan saw only a part of this host">
      {missingParts.map(({ part, reason, detail }) => (
        <Text size="sm" key={part}>
          <b>{part}</b> ({reason}): {detail}
        </Text>
      ))}
    </Notice>
  );
};

const CouldNotTell = ({ scanId }: { scanId: string }) => {
  const [shown, setShown] = useState(false);
  const query = useInfiniteQuery({
    ...listScanResultsInfiniteOptions({ path: { scanId }, query: { outcome: 'unknown', limit: 100 } }),
    ...nextPage,
    enabled: shown,
  });
  if (!shown)
    return (
      <Button variant="default" size="xs" style={{ alignSelf: 'flex-start' }} onClick={() => setShown(true)}>
        Show what could not be told, and why
      </Button>
    );
  return (
    <section aria-labelledby="unknown-title">
      <Title order={2} size="h5" mb="xs" id="unknown-title">
        What could not be told
      </Title>
      <QueryState query={query} what="what could not be told">
        {(data) => {
          const results = itemsOf(data);
          if (results.length === 0) return <Text size="sm">Every check could tell.</Text>;
          return (
            <Stack gap="xs">
              {results.map((result) => (
                <div key={`${result.check}/${result.subject.kind}/${result.subject.name}`}>
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
              <LoadMore query={query} />
            </Stack>
          );
        }}
      </QueryState>
    </section>
  );
};
